// Which requests can only make smaller what is held: where an account is stopped, or its orders are used up, they leave all the same.
// What the venue itself holds to reducing needs no more. A plain order is an exit while it is within what the venue told a moment ago,
// together with all that may still be filled on top of it (S11: what is not known is none).
import { decimal } from '../../core/decimal.js';
import { isDollar } from '../../core/dollars.js';
import {
  countsPosition,
  isImmediate,
  makesPosition,
  type OrderIntent,
  otherSide,
  type Quantity,
} from '../../core/order.js';
import { areApart, heldBy } from '../../core/position.js';
import { listed } from '../../guard/legs.js';
import { isAgainst } from '../../guard/money.js';
import { canOnlyReduce } from '../../orders/admission.js';
import { showsAfterMs } from '../../orders/in-flight.js';
import { intentOf } from '../../orders/intent-record.js';
import type { ExitQuestion } from '../../orders/judge.js';
import type { Ledger, OrderEntry } from '../../orders/ledger.js';
import { hangingExits } from '../../orders/own-orders.js';
import type { MarketMemory } from './market-memory.js';
import { movingIntents } from './order-facts.js';
import { spotFacts } from './spot-facts.js';

export interface ExitParts {
  ledger: Ledger;
  market: MarketMemory;
  /** The venue tells what a spot account holds; elsewhere what is held of coins and shares are positions. */
  tellsBalances: boolean;
  /** False for operations that spend another wallet than that; every one spends it when absent. */
  spendsBalances?: ((operation: string) => boolean) | undefined;
}

type Plain = OrderIntent & Required<Pick<OrderIntent, 'side' | 'quantity'>>;

/** What was told longer ago is not known any more, milliseconds. */
const freshMs = 3_500;
const zero = decimal('0');
/** With the dollars: money. Who sells one coin for another buys that. */
const moneys: ReadonlySet<string> = new Set('AUD BRL CAD CHF EUR EURC EURI GBP JPY MXN PLN TRY'.split(' '));

/** From what the market told a moment ago; asked for by whoever finds `sellsHolding`. */
export function isExit(asked: ExitQuestion, parts: ExitParts): boolean {
  return asked.intents.every((intent) => canOnlyReduce(intent) || isWithin(intent, asked, parts));
}

/** Whether it may be the exit from coins or shares: what is held of them has to be learned first. */
export function sellsHolding(intent: OrderIntent): boolean {
  return isPlain(intent) && !makesPosition(intent);
}

/** It never rests, nothing hangs on it, and it says how much of what is held it takes. */
function isPlain(intent: OrderIntent): intent is Plain {
  const { action, side, quantity, legs = [] } = intent;
  const isCounted = countsPosition(intent) || quantity?.unit === 'base';
  return action === 'place' && side !== undefined && isCounted && isImmediate(intent) && legs.length === 0;
}

function isWithin(intent: OrderIntent, asked: ExitQuestion, parts: ExitParts): boolean {
  if (!isPlain(intent)) return false;
  return makesPosition(intent) || !parts.tellsBalances
    ? isWithinPosition(intent, asked, parts)
    : isWithinBalance(intent, asked, parts);
}

function isWithinPosition(
  intent: Plain,
  { intents, entry }: ExitQuestion,
  { ledger, market }: ExitParts,
): boolean {
  const told = market.positions(freshMs);
  const held = told && heldBy(intent, told);
  const askedMs = market.positionsAskedMs();
  if (held === undefined || held === 'other' || askedMs === undefined || !isAgainst(intent, held))
    return false;
  const others = intents.filter((each) => each !== intent);
  const open = ledger.openBook.others(entry, otherSide[intent.side]);
  const counted = [...open, ...endedSince(askedMs, ledger)];
  const hanging = counted.flatMap((each) => hangingExits(each).map(({ record }) => intentOf(record)));
  const moving = [...others, ...hanging, ...movingIntents(counted, ledger)];
  let all = intent.quantity.value;
  for (const { intent: each } of listed(moving)) {
    if (!maySpend(each, intent)) continue;
    if (!isSameUnit(each.quantity, intent.quantity)) return false;
    all = all.plus(each.quantity.value);
  }
  return all.lte(held.abs());
}

/** Orders that are over, and that an answer to a question of that time may not show. */
function endedSince(askedMs: number, ledger: Ledger): OrderEntry[] {
  return ledger
    .orders()
    .filter(({ state, changedMs }) => state === 'reconciled' && changedMs + showsAfterMs > askedMs);
}

/** Whether it may take something off the same position. What names no instrument or side may be of any. */
function maySpend(each: OrderIntent, intent: Plain): boolean {
  const { instrument, side, positionSide } = intent;
  return (
    !areApart(each, intent) &&
    (each.instrument === '' || each.instrument === instrument) &&
    (each.side === undefined || each.side === side) &&
    (each.positionSide === undefined || each.positionSide === positionSide)
  );
}

function isSameUnit(quantity: Quantity | undefined, { unit }: Quantity): quantity is Quantity {
  return quantity?.unit === unit;
}

function isWithinBalance(
  { side, instrument, leverage, terms: asks }: Plain,
  { operation, intents, entry }: ExitQuestion,
  { ledger, market, spendsBalances }: ExitParts,
): boolean {
  const terms = market.terms(instrument);
  const askedMs = market.balancesAskedMs();
  const isMoney = isDollar(terms?.quote) || moneys.has(terms?.quote ?? '');
  // OKX: with margin a sale opens a position of its own, whatever is held.
  const isMargin = leverage !== undefined || (asks?.['tdMode'] ?? 'cash') !== 'cash';
  if (side !== 'sell' || !isMoney || isMargin || askedMs === undefined) return false;
  if (spendsBalances?.(operation) === false) return false;
  let sold = zero;
  for (const each of intents) {
    if (makesPosition(each) || market.terms(each.instrument)?.base !== terms?.base) continue;
    if (each.quantity?.unit !== 'base') return false;
    sold = sold.plus(each.quantity.value);
  }
  const late = [...ledger.openBook.inFlight.unseen(entry, askedMs), ...endedSince(askedMs, ledger)];
  const unseen = movingIntents([...new Set(late)], ledger);
  const { free } = spotFacts(terms, undefined, { market, maxAgeMs: freshMs, unseen });
  return free !== undefined && sold.gt(zero) && sold.lte(free);
}
