// What was known of an order when it began to wait, in the words a human decides by. What was not known is said to be so.
import type { AssessmentRecord, EffectRecord, MarginsRecord } from '../audit/order-events.js';
import { decimal, parseDecimal } from '../core/decimal.js';
import { neutralText } from './agent-text.js';

type Row = [name: string, text: string];
type Margin = MarginsRecord['margins'][number] & { rule: string };

const unknown = 'not known';
const zero = decimal('0');

/** `currency`: of the order's worth. `most`: margins that are shown, the nearest first; absent: all, and the rules without numbers. */
export function describeAssessment(
  { effects, rules }: AssessmentRecord,
  currency: string,
  most?: number,
): Row[] {
  const margins = rules.flatMap(({ rule, margins: own }) => own.map((margin) => ({ ...margin, rule })));
  const shown = most === undefined ? margins : margins.toSorted(byNearness).slice(0, most);
  const left = margins.length - shown.length;
  const silent = rules.filter(({ margins: own }) => own.length === 0).map(({ rule }) => rule);
  return [
    ...effects.flatMap((effect) => effectRows(effect, currency, effects.length > 1)),
    ...shown.map((margin): Row => ['limit', marginText(margin, currency)]),
    ...(left > 0 ? [['', `and ${left} limits with more left, in \`tradebox orders show\``] as Row] : []),
    ...(silent.length > 0 && most === undefined
      ? [['asked', `rules without numbers: ${silent.join(', ')}`] as Row]
      : []),
  ];
}

function effectRows(
  { instrument, quoted, fee, slippage, ...effect }: EffectRecord,
  currency: string,
  isOfSeveral: boolean,
): Row[] {
  const of = isOfSeveral ? `${symbolText(instrument)}: ` : '';
  const money = (amount: string | undefined) => (amount === undefined ? '' : `, about ${amount} ${currency}`);
  const feeText =
    fee === undefined
      ? `${unknown}: no fill in it has told its fee yet`
      : `${fee.bps} bps${money(fee.amount)} (the dearest of its last ${fee.fills} fills)`;
  return [
    ...(quoted === undefined
      ? []
      : [['in quote', `${of}${quoted.amount} ${neutralText(quoted.currency, 24)}`] as Row]),
    ['position', `${of}${positionText(effect)}`],
    ['fee', `${of}${feeText}`],
    ['slippage', `${of}${slippageText(slippage, money)}`],
  ];
}

function positionText({
  before,
  after,
  unit,
  from,
}: Pick<EffectRecord, 'before' | 'after' | 'unit' | 'from'>): string {
  if (before === undefined) return `${unknown} before, so neither after`;
  const source = from === 'fills' ? ' (by fills of this account through tradebox)' : '';
  return `${before} -> ${after ?? unknown} ${unit}${source}`;
}

function slippageText(
  slippage: EffectRecord['slippage'],
  money: (amount: string | undefined) => string,
): string {
  if (slippage === undefined) return `${unknown}: no book or spread at hand`;
  const { bps, amount, from } = slippage;
  const how = {
    book: 'by the order book',
    spread: 'at least: half the spread, whatever its size',
    limit: 'at most: by its limit price',
  }[from];
  return `${bps} bps${money(amount)} (${how})`;
}

function marginText(
  { rule, name, symbol, unit, value, limit, left, isLeast }: Margin,
  currency: string,
): string {
  const words = unit === 'money' ? currency : unit;
  const of = symbol === undefined ? '' : ` in ${symbolText(symbol)}`;
  const bound = isLeast === true ? 'at least' : 'at most';
  const told = `${rule}: ${name}${of} ${value ?? unknown}, ${bound} ${limit} ${words}`;
  if (left === undefined) return told;
  return left.startsWith('-') ? `${told}, ${left.slice(1)} beyond` : `${told}, ${left} left`;
}

/** What is not known or beyond its limit first, then by the share of the limit that is left. */
function byNearness(one: Margin, other: Margin): number {
  const [a, b] = [shareOf(one), shareOf(other)];
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return a.cmp(b);
}

function shareOf({ left, limit }: Margin) {
  const [rest, bound] = [parseDecimal(left), parseDecimal(limit)];
  return rest !== undefined && bound?.gt(zero) ? rest.div(bound) : rest;
}

/** A symbol is the request's own word. */
const symbolText = (symbol: string): string => neutralText(symbol.replace(/ {2,}/g, ' '), 40);
