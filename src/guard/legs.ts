// Which orders of a request count as orders of their own: an attached one closes what its order opens, or it is another order (D4).
import type { Decimal } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';

export interface Listed {
  intent: OrderIntent;
  /** It can fill nothing on top of the order that it hangs on: an exit from it, or its alternative. */
  isLeg: boolean;
}

/** Orders and attached orders, each with a symbol; cancels are none. */
export function listed(intents: readonly OrderIntent[], parent?: Listed): Listed[] {
  const closed = new Map<ExitKind, Decimal>();
  return intents.flatMap((one) => {
    if (one.action === 'cancel') return [];
    const intent = parent === undefined ? one : namedAs(one, parent.intent);
    const self = {
      intent,
      isLeg: parent !== undefined && isBound(intent, parent) && fits(intent, parent, closed),
    };
    return one.legs === undefined || one.legs.length === 0 ? [self] : [self, ...listed(one.legs, self)];
  });
}

/** Several orders at one net price: it names no side, and its legs are what is bought and sold. So is its amendment once its legs have theirs. */
export function isPackage({ action, side, legs = [] }: OrderIntent): boolean {
  if (side !== undefined || legs.length === 0) return false;
  return action === 'place' || (action === 'amend' && legs.every((leg) => leg.side !== undefined));
}

function namedAs(leg: OrderIntent, { instrument }: OrderIntent): OrderIntent {
  return leg.instrument === '' ? { ...leg, instrument } : leg;
}

function isBound(leg: OrderIntent, { intent: parent, isLeg }: Listed): boolean {
  if (leg.instrument !== parent.instrument) return false;
  // What closes an exit would open again.
  return leg.isAlternative === true
    ? leg.side === parent.side && isNoLarger(leg, parent)
    : !isLeg && isExit(leg, parent);
}

/** Whether an attached order closes no more than its order opens. */
function isExit(leg: OrderIntent, parent: OrderIntent): boolean {
  if (leg.quantity?.unit === 'close-all') return true;
  // Amendments name neither the side of an exit nor, of one that is there already, its size.
  if (parent.action === 'amend' && leg.side === undefined) return isNoLarger(leg, parent);
  if (leg.side === undefined || parent.side === undefined || leg.side === parent.side) return false;
  if (parent.reduceOnly === true) return false; // it opens nothing
  // A sale on spot spends what is held: to buy after it is a purchase like any other, but where it sold short: reduce-only means nothing there.
  const isOpening =
    parent.side === 'buy' || parent.quantity?.unit === 'contracts' || parent.leverage !== undefined;
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
