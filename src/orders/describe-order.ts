// An order in the words a human decides by: whose money, what exactly, worth how much, why it waits. Agent text is neutral in it.
import type { ExplanationRecord, IntentRecord } from '../audit/order-events.js';
import { neutralText } from './agent-text.js';

/** `LIVE BUY 0.5 base BTC-USDT limit at 50000 (tdMode cross)`; the money mode stands first, since it matters most. */
export function describeIntent(intent: IntentRecord): string {
  const { moneyMode, action, instrument, side, type, timeInForce, quantity, price, trigger } = intent;
  const words = [
    moneyMode,
    action === 'place' ? (side ?? 'order').toUpperCase() : action.toUpperCase(),
    ...(quantity === undefined ? [] : [quantityText(quantity)]),
    ...(intent.positionSide === undefined ? [] : [`the ${intent.positionSide} side of`]),
    neutralText(instrument || intent.cancels?.join(', ') || 'all instruments', 60),
    ...(type === undefined ? [] : [type]),
    ...(price === undefined ? [] : [`at ${price}`]),
    ...(trigger === undefined ? [] : [`trigger ${trigger}`]),
    ...(timeInForce === undefined ? [] : [timeInForce]),
    ...(intent.reduceOnly === true ? ['reduce-only'] : []),
    ...(intent.isAlternative === true ? ['instead of the order before it'] : []),
    ...(intent.isAttached === true ? ['once the order before it is filled'] : []),
    ...(intent.leverage === undefined ? [] : [`leverage ${intent.leverage}`]),
    ...(intent.margin === undefined ? [] : [`margin ${intent.margin}`]),
    ...(intent.venueAccount === undefined ? [] : [`in ${neutralText(intent.venueAccount, 40)}`]),
    ...(intent.venueOrderId === undefined ? [] : [`order ${neutralText(intent.venueOrderId, 40)}`]),
    ...(intent.terms === undefined ? [] : [`(${termsText(intent.terms)})`]),
    ...(intent.question === undefined ? [] : ['confirming what the venue asks']),
  ];
  const legs = (intent.legs ?? []).map((leg) => ` + ${describeIntent(leg)}`).join('');
  return `${words.join(' ')}${legs}`;
}

function termsText(terms: NonNullable<IntentRecord['terms']>): string {
  return Object.entries(terms)
    .map(([name, value]) => `${name} ${neutralText(oneSpaced(value))}`)
    .join(', ');
}

/** What the venue asked back, which the request confirms, as rows of a name and a text; all of it, for it is what is approved. */
export function describeQuestions(intents: readonly IntentRecord[]): [name: string, text: string][] {
  const asked = new Set(intents.flatMap(({ question }) => question ?? []));
  return [...asked].flatMap((question) =>
    linesOf(question).map((line, index): [string, string] => [index === 0 ? 'venue asks' : '', line]),
  );
}

function quantityText({ value, unit }: NonNullable<IntentRecord['quantity']>): string {
  return unit === 'close-all' ? 'the whole position of' : `${value} ${unit}`;
}

/** What the agent said of an order, as rows of a name and a text: claims of its own, but for the times. What it can lose nobody else says. */
export function describeExplanation(
  explanation: ExplanationRecord | undefined,
  nowMs: number,
): [name: string, text: string][] {
  if (explanation === undefined) return [['its max loss', 'not stated']];
  const { rationale, maxLoss, sources, client } = explanation;
  return [
    ...quoted(rationale).map((line, index): [string, string] => [index === 0 ? 'agent says' : '', line]),
    ['its max loss', neutralText(oneSpaced(maxLoss), 60)],
    ...(client === undefined
      ? []
      : [['announced by', `${neutralText(oneSpaced(client), 40)} (as it calls itself)`] as [string, string]]),
    ...sources.flatMap(({ url, fetchedMs, sha256 }): [string, string][] => [
      [
        'it read',
        `${neutralText(url, 200)} (fetched by the box ${ageText(nowMs - fetchedMs)} ago, at ${new Date(fetchedMs).toISOString()})`,
      ],
      ...(sha256 === undefined ? [] : [['', `SHA-256 ${sha256}`] as [string, string]]),
    ]),
    ...(sources.length === 0 ? [['it read', 'nothing that it names'] as [string, string]] : []),
  ];
}

/** Characters of a quoted line: with its name before it, it breaks on no usual terminal. */
const quotedLength = 60;

/** Agent text in lines that each begin with a bar: where a terminal breaks a line, the rest would pass for a row of ours. */
function quoted(text: string): string[] {
  return linesOf(neutralText(oneSpaced(text), 600));
}

function linesOf(neutral: string): string[] {
  return (neutral.match(new RegExp(`.{1,${quotedLength}}`, 'g')) ?? ['']).map((line) => `| ${line}`);
}

const oneSpaced = (text: string): string => text.replace(/ {2,}/g, ' ');

/** Time from then to now in one unit, e.g. `12 s`, `5 min`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
