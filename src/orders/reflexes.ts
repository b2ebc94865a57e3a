// Rules that hold in every box without a line of configuration: what no sane strategy does, however it is meant. Pure over the
// ledger and the positions that the venue told just now.
import type { IntentRecord, OutcomeRecord } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import { countsPosition, isHeldToReduce, type OrderIntent, type OrderSide } from '../core/order.js';
import { areApart, type PositionName, type PositionPlace } from '../core/position.js';
import { standing } from '../guard/legs.js';
import { closingSide, isAgainst, leaves } from '../guard/money.js';
import { type BreakerLimits, defaultBreakerLimits } from './breaker.js';
import { recordOf } from './intent-record.js';
import type { Judgement, Question } from './judge.js';
import type { Ledger, OrderEntry } from './ledger.js';
import { fillableStates } from './lifecycle.js';
import { pendingKey } from './open-quantities.js';
import { hangingExits, ownOrders, standingRecords } from './own-orders.js';

export interface ReflexLimits extends BreakerLimits {
  /** Orders placed or amended within an hour; one more trips REDUCE_ONLY until a human resumes. */
  ordersPerHour: number;
  /** An order like one that was let out so shortly ago is a second process's, or a retry's. Milliseconds. */
  duplicateMs: number;
  /** So long after a position was first seen to be closed, an order in the same direction is the close again. Milliseconds. */
  closedMs: number;
  /** Orders whose outcome is unknown at once: the venue is in trouble, and no new order passes. */
  maxUnknown: number;
  /** How far a market order's price may move between proposal and release, in basis points. */
  driftBps: number;
  /** Between two looks at the venue for orders and positions that nothing sent from here explains. Milliseconds. */
  reconcileMs: number;
}

export const defaultReflexLimits: ReflexLimits = {
  ordersPerHour: 120,
  duplicateMs: 2_000,
  closedMs: 60_000,
  maxUnknown: 3,
  driftBps: 100,
  reconcileMs: 3_600_000,
  ...defaultBreakerLimits,
};

type OrderName = PositionName & PositionPlace & Pick<OrderIntent, 'side'>;

/** Positions of one moment by instrument, signed; undefined when the venue could not be asked. */
export interface PositionFacts {
  /**
   * In the unit of orders; zero when there is none. `other` as of `heldBy`.
   */
  now(named: PositionName & PositionPlace): Decimal | 'other' | undefined;
  /** The last position that was not zero, and when it was first seen to be gone; the latter is undefined while it is held. */
  last(named: PositionName & PositionPlace): { quantity: Decimal; closedMs: number | undefined } | undefined;
}

const rule = 'built-in: reflexes';
const zero = decimal('0');

/** Exits that leave within a minute once the orders of the hour are used up: a flood of them must not use up what the venue takes, too. */
const exitsPerMinute = 30;

interface ReflexFacts {
  ledger: Ledger;
  positions: PositionFacts;
  nowMs: number;
  limits: ReflexLimits;
  /** Whether the request can only make smaller what is held: asked only where it matters. */
  isExit(): boolean;
}

/** The first reflex that says no; undefined when none does. Only at the proposal: a human's yes stands above them. */
export function judgeReflexes(
  { intents, likeness, stage, leaving }: Question,
  facts: ReflexFacts,
): Judgement | undefined {
  const { ledger, nowMs, limits, isExit } = facts;
  if (stage === 'release') return undefined;
  const placing = standing(intents).filter(({ action }) => action !== 'cancel');
  const { before, unsent, lost } = countsOf(ledger, nowMs);
  if (before + placing.length > limits.ordersPerHour) {
    const message = `more than ${limits.ordersPerHour} orders within an hour`;
    if (!isExit()) return { ...no('ORDER_THROTTLE', message), latch: { cause: message } };
    // All beyond the limit are exits, and so are those that are asked for now.
    const all = before + placing.length;
    const recent = ledger.releasedWithin(nowMs, 60_000) + unsent + placing.length;
    const exits = Math.min(recent, all - limits.ordersPerHour);
    if (exits > exitsPerMinute)
      return no('EXIT_THROTTLE', `${message}, and with these ${exits} exits within a minute`);
  }
  if (lost >= limits.maxUnknown && !isExit()) {
    return no(
      'VENUE_UNSTABLE',
      `the outcome of ${lost} orders is unknown: no new ones until the venue has told`,
    );
  }
  if (isDuplicate(ledger, { likeness, leaving }, nowMs, limits.duplicateMs)) {
    return no('DUPLICATE_ORDER', `an identical order was sent less than ${limits.duplicateMs} ms ago`);
  }
  for (const [index, intent] of placing.entries()) {
    const found = flip(intent, { ...facts, earlier: placing.slice(0, index) });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether only exits are let out now: what is held has to be known for them. */
export function letsExitsOnly(ledger: Ledger, nowMs: number, limits: ReflexLimits): boolean {
  if (ledger.tradingState === 'REDUCE_ONLY') return true;
  const { before, lost } = countsOf(ledger, nowMs);
  return before >= limits.ordersPerHour || lost >= limits.maxUnknown;
}

function countsOf(ledger: Ledger, nowMs: number) {
  const windowMs = Math.min(3_600_000, nowMs - ledger.resumedMs);
  // Two that were judged one right after the other are both let out before the bytes of the first leave.
  const unsent = ledger.openIn('approved').reduce((sum, entry) => sum + placedIn(entry), 0);
  // A cancel risks nothing, and of some no venue ever tells.
  const lost = ledger.openIn('unknown').filter((entry) => placedIn(entry) > 0).length;
  return { before: ledger.releasedWithin(nowMs, windowMs) + unsent, unsent, lost };
}

const placedIn = ({ intents }: OrderEntry): number => ownOrders(intents);

function isDuplicate(
  ledger: Ledger,
  { likeness, leaving }: Pick<Question, 'likeness' | 'leaving'>,
  nowMs: number,
  windowMs: number,
): boolean {
  for (const { id, releasedMs, state, approvalsWanted } of ledger.same(likeness)) {
    // About to leave. An approval that waits to be claimed lets nothing out: what differs from it a human decides on anew.
    const isLeaving = state === 'approved' && (approvalsWanted === 0 || leaving?.has(id) === true);
    if (isLeaving && windowMs > 0) return true;
    const isRecent = releasedMs !== undefined && nowMs - releasedMs < windowMs;
    if (isRecent && state !== 'rejected-by-venue' && state !== 'unsent') return true;
  }
  return false;
}

interface FlipFacts extends ReflexFacts {
  /** Orders of the same request before this one. */
  earlier: readonly OrderIntent[];
}

/** Whether the position has to be known before the order is judged. */
export function needsPosition(intent: OrderIntent, ledger: Ledger): boolean {
  if (intent.action !== 'place') return false;
  if (!isHeldToReduce(intent)) return countsPosition(intent);
  if (!closesAll(intent)) return false;
  const sums = ledger.openBook.sumsBut(undefined);
  return sidesLeft(intent).some((side) => !sums.unbound(intent, side).eq(zero));
}

/**
 * Only a close of all is held against what rests: by its own word nothing is to be left. A reduce-only order of a quantity passes
 * beside resting orders, of which some may be cancelled already and are only not asked about yet: an exit is not refused for them.
 */
function closesAll({ quantity }: OrderIntent): boolean {
  return quantity?.unit === 'close-all';
}

/** On which sides what is left once the order closed its position opens the reverse: one on the other side adds to the position. */
function sidesLeft(intent: OrderIntent): readonly OrderSide[] {
  const { side } = intent;
  return side === undefined || closesAll(intent) ? ['buy', 'sell'] : [side];
}

/** An order against a position may bring it to zero, never through it; and a close that comes again opens the reverse. */
function flip(intent: OrderIntent, facts: FlipFacts): Judgement | undefined {
  const { ledger, positions, nowMs, limits, earlier } = facts;
  const { instrument, side, quantity, action } = intent;
  if (action !== 'place' || quantity === undefined) return undefined;
  if (isHeldToReduce(intent)) return leftBehind(intent, facts);
  if (side === undefined || !countsPosition(intent)) return undefined;
  const position = positions.now(intent);
  if (position === 'other' || position === undefined) return unknownPosition(instrument, position);
  const sign = side === 'buy' ? decimal('1') : decimal('-1');
  const last = positions.last(intent);
  if (position.eq(zero)) {
    if (last === undefined || last.quantity.times(sign).gte(zero)) return undefined;
    if (nowMs - (last.closedMs ?? nowMs) >= limits.closedMs) return undefined;
    return no(
      'REVERSED_CLOSE',
      `the position in ${instrument} is closed already: this would open the reverse, which passes ${limits.closedMs / 1_000} s after the close was seen`,
    );
  }
  if (position.times(sign).gt(zero)) return undefined;
  let all = quantity.value.plus(ledger.openBook.grown(pendingKey(intent)));
  for (const entry of ledger.open()) all = all.plus(unfilled(entry, intent));
  for (const other of earlier) all = all.plus(sizeOf(recordOf(other), intent) ?? zero);
  if (all.lte(position.abs())) return undefined;
  return no('POSITION_FLIP', `the order would turn the position in ${instrument} around`);
}

/** What closes a position leaves nothing behind that would open the reverse once it is filled. */
function leftBehind(intent: OrderIntent, { ledger, positions, earlier }: FlipFacts): Judgement | undefined {
  const sides = sidesLeft(intent);
  const mayLeave = (other: OrderIntent) =>
    !isHeldToReduce(other) && (other.side === undefined || sides.includes(other.side));
  if (!earlier.some(mayLeave) && !needsPosition(intent, ledger)) return undefined;
  const { instrument } = intent;
  const position = positions.now(intent);
  if (position === 'other' || position === undefined) return unknownPosition(instrument, position);
  if (!isAgainst(intent, position)) return undefined;
  const side = closingSide(position);
  let unbound = closesAll(intent) ? ledger.openBook.sumsBut(undefined).unbound(intent, side) : zero;
  for (const other of earlier)
    if (!isHeldToReduce(other)) unbound = unbound.plus(sizeOf(recordOf(other), { ...intent, side }) ?? zero);
  if (leaves(intent, position, unbound)) return undefined;
  const message = `an order in ${instrument} without reduce-only would open the reverse once the position is closed: cancel it first`;
  return no('POSITION_FLIP', message);
}

function unknownPosition(instrument: string, position: 'other' | undefined): Judgement {
  if (position === undefined) return no('POSITION_UNKNOWN', `the position in ${instrument} is not known`);
  const message = `which position in ${instrument} is meant is not known: the account's position mode is another, or the order names no account or margin mode`;
  return no('POSITION_SIDE_UNKNOWN', message);
}

/** What other orders may still take off the position. */
function unfilled(entry: OrderEntry, named: OrderName): Decimal {
  if (!fillableStates.has(entry.state)) return zero;
  const own = standingRecords(entry.intents);
  let sum = hangingExits(entry).reduce(
    (all, { record, told }) => all.plus(leftOf(record, told, named)),
    zero,
  );
  for (const [index, intent] of entry.intents.entries())
    if (own.includes(intent)) sum = sum.plus(leftOf(intent, entry.outcomes[index], named));
  return sum;
}

function leftOf(intent: IntentRecord, told: OutcomeRecord | undefined, named: OrderName): Decimal {
  const left = sizeOf(intent, named)?.minus(parseDecimal(told?.filled) ?? zero);
  return left?.gt(zero) ? left : zero;
}

function sizeOf(intent: IntentRecord, named: OrderName): Decimal | undefined {
  const { instrument, positionSide, side } = named;
  const { action, quantity } = intent;
  if (action !== 'place' || intent.instrument !== instrument) return undefined;
  if (intent.side !== side || intent.positionSide !== positionSide || areApart(intent, named))
    return undefined;
  return quantity !== undefined && countsPosition(intent) ? parseDecimal(quantity.value) : undefined;
}

function no(code: string, message: string): Judgement {
  return { decision: 'deny', approvals: 0, reasons: [{ code, message, rule }] };
}
