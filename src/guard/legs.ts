// Which orders of a request count as orders of their own: an attached one closes what its order opens, an alternative is filled instead
// of it, or it is another order (D4). Only a reader says that an order hangs on another: by what the endpoint itself holds them to.
import type { Decimal } from '../core/decimal.js';
import { countsPosition, isHeldToReduce, isImmediate, type OrderIntent } from '../core/order.js';

export interface Listed {
  intent: OrderIntent;
  /** It can fill nothing on top of the order that it hangs on: an exit from it, or its alternative. */
  isLeg: boolean;
}

type Linked = Pick<OrderIntent, 'isAlternative' | 'isAttached'>;

/** Whether an order of the request hangs on another one of it. */
export const hangs = ({ isAlternative, isAttached }: Linked): boolean =>
  isAlternative === true || isAttached === true;

/** Orders and attached orders, each with a symbol; cancels are none. */
export function listed(intents: readonly OrderIntent[], parent?: Listed): Listed[] {
  let closed = new Map<ExitKind, Decimal>();
  let head: Listed | undefined;
  return intents.flatMap((one) => {
    if (one.action === 'cancel') return [];
    const isHead = parent === undefined && !hangs(one);
    const on = isHead ? undefined : (parent ?? head);
    const named = on === undefined ? one : namedAs(one, on.intent);
    const intent = parent === undefined ? named : placedAs(named, parent.intent);
    const self = { intent, isLeg: on !== undefined && isBound(intent, on) && fits(intent, on, closed) };
    if (isHead) {
      head = self;
      closed = new Map();
    }
    return one.legs === undefined || one.legs.length === 0 ? [self] : [self, ...listed(one.legs, self)];
  });
}

/** Of a request's orders those that can fill something on top of the others, and its cancels. Their own legs are not looked at. */
export function standing(intents: readonly OrderIntent[]): readonly OrderIntent[] {
  if (!intents.some(hangs)) return intents;
  const bound = new Set(listed(intents).flatMap(({ intent, isLeg }) => (isLeg ? [intent] : [])));
  return intents.filter((intent) => !bound.has(intent));
}

/** By the order of the request that they hang on, the other prices of it: `standing` has the former alone. Empty where there are none. */
export function alternativesIn(
  intents: readonly OrderIntent[],
): ReadonlyMap<OrderIntent, readonly OrderIntent[]> {
  const found = new Map<OrderIntent, OrderIntent[]>();
  let head: OrderIntent | undefined;
  for (const intent of intents) {
    if (intent.action === 'cancel') continue;
    if (!hangs(intent)) head = intent;
    else if (intent.isAlternative === true && head !== undefined)
      found.set(head, [...(found.get(head) ?? []), intent]);
  }
  return found;
}

/** Several orders at one net price: it names no side, and its legs are what is bought and sold. So is its amendment once its legs have theirs. */
export function isPackage({ action, side, legs = [] }: OrderIntent): boolean {
  if (side !== undefined || legs.length === 0) return false;
  return action === 'place' || (action === 'amend' && legs.every((leg) => leg.side !== undefined));
}

function namedAs(leg: OrderIntent, { instrument }: OrderIntent): OrderIntent {
  return leg.instrument === '' ? { ...leg, instrument } : leg;
}

/** What an attached order of OKX closes or opens is held in the margin mode that its order names. */
function placedAs(leg: OrderIntent, { terms }: OrderIntent): OrderIntent {
  const tdMode = terms?.['tdMode'];
  if (tdMode === undefined || leg.terms?.['tdMode'] !== undefined) return leg;
  return { ...leg, terms: { ...leg.terms, tdMode } };
}

function isBound(leg: OrderIntent, { intent: parent, isLeg }: Listed): boolean {
  if (leg.instrument !== parent.instrument) return false;
  if (leg.isAlternative === true) return isInstead(leg, parent);
  // What closes an exit would open again.
  return !isLeg && isExit(leg, parent);
}

/** Whether all that an alternative can do, its order does. One that is over at once counts for nothing while the other rests. */
function isInstead(leg: OrderIntent, parent: OrderIntent): boolean {
  if (leg.side !== parent.side || leg.positionSide !== parent.positionSide || !isNoLarger(leg, parent))
    return false;
  return !isImmediate(parent) && (isHeldToReduce(leg) || !isHeldToReduce(parent));
}

/** Whether an attached order closes no more than its order opens. */
function isExit(leg: OrderIntent, parent: OrderIntent): boolean {
  if (leg.quantity?.unit === 'close-all') return true;
  // Amendments name neither the side of an exit nor, of one that is there already, its size.
  if (parent.action === 'amend' && leg.side === undefined) return isNoLarger(leg, parent);
  if (leg.side === undefined || parent.side === undefined || leg.side === parent.side) return false;
  if (parent.reduceOnly === true) return false; // it opens nothing
  // A sale on spot spends what is held: to buy after it is a purchase like any other, but where it sold short: reduce-only means nothing there.
  const isOpening = parent.side === 'buy' || countsPosition(parent) || parent.leverage !== undefined;
  return isOpening && isNoLarger(leg, parent);
}

type ExitKind = 'take-profit' | 'stop' | 'trailing-stop';

/** Exits of one kind are filled one after the other, those of different kinds instead of each other. Adds to `closed`. */
function fits(leg: OrderIntent, { intent: parent }: Listed, closed: Map<ExitKind, Decimal>): boolean {
  const { quantity } = leg;
  if (leg.isAlternative === true || quantity === undefined || quantity.unit === 'close-all') return true;
  const kind = kindOf(leg);
  const sum = closed.get(kind)?.plus(quantity.value) ?? quantity.value;
  if (parent.quantity === undefined || sum.gt(parent.quantity.value)) return false;
  closed.set(kind, sum);
  return true;
}

function kindOf({ type }: OrderIntent): ExitKind {
  if (type === 'trailing-stop') return type;
  return type === 'stop' || type === 'stop-limit' ? 'stop' : 'take-profit';
}

function isNoLarger({ action, quantity }: OrderIntent, { quantity: whole }: OrderIntent): boolean {
  if (quantity === undefined) return action === 'amend';
  return whole !== undefined && quantity.unit === whole.unit && quantity.value.lte(whole.value);
}

/** Orders of a request by what is done with them; attached ones that can fill nothing on top are none. */
export function countOrders(
  orders: readonly { intent: Pick<OrderIntent, 'action'>; isLeg: boolean }[],
  action: 'place' | 'amend',
): number {
  let count = 0;
  for (const { intent, isLeg } of orders) if (intent.action === action && !isLeg) count += 1;
  return count;
}

/** Symbols in which a request places more than one order. */
export function crowdedSymbols(
  orders: readonly { intent: Pick<OrderIntent, 'action' | 'instrument'>; isLeg: boolean }[],
): Set<string> {
  const crowded = new Set<string>();
  if (orders.length < 2) return crowded;
  const seen = new Set<string>();
  for (const { intent, isLeg } of orders) {
    if (intent.action !== 'place' || isLeg) continue;
    if (seen.has(intent.instrument)) crowded.add(intent.instrument);
    seen.add(intent.instrument);
  }
  return crowded;
}
