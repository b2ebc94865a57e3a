// What orders are worth, exactly (S14). Where a price can only be guessed, the dearer one counts.
import type { Decimal } from '../core/decimal.js';
import { decimal, formatDecimal } from '../core/decimal.js';
import {
  countsPosition,
  isHeldToReduce,
  isImmediate,
  type OrderIntent,
  type OrderSide,
} from '../core/order.js';
import type { OrderFacts, Reference, SpotFacts } from './facts.js';

const zero = decimal('0');
const one = decimal('1');
const tenThousand = decimal('10000');

/** What one unit of quantity stands for. */
export interface Terms {
  /** Base currency in one contract; of an inverse contract quote currency. 1 for spot. */
  multiplier: Decimal;
  isInverse: boolean;
}

/**
 * The most an order can cost or bring, in quote currency; undefined when it cannot be known. A limit price bounds a purchase from
 * above; everything else is worth what the market says, or the order's own price where that is dearer (D3).
 */
export function notionalOf(
  intent: Pick<OrderIntent, 'side' | 'type' | 'quantity' | 'price' | 'trigger'>,
  reference: Pick<Reference, 'last' | 'bid' | 'ask'> | undefined,
  terms: Terms | undefined,
  position: Decimal | undefined,
): Decimal | undefined {
  const { quantity } = intent;
  if (quantity === undefined) return undefined;
  if (quantity.unit === 'quote') return quantity.value;
  const amount = quantity.unit === 'close-all' ? position?.abs() : quantity.value;
  if (amount === undefined) return undefined;
  // A size beyond one turns contracts into money, whatever the order calls its unit.
  const isContracts = quantity.unit !== 'base' || isSized(terms);
  if (isContracts && terms === undefined) return undefined;
  if (isContracts && terms?.isInverse) return amount.times(terms.multiplier);
  const price = dearest(intent, reference);
  if (price === undefined) return undefined;
  const units = isContracts && terms !== undefined ? amount.times(terms.multiplier) : amount;
  return units.times(price);
}

/** Units of more than one coin or share are contracts, by whatever name. */
export function isSized(terms: Terms | undefined): boolean {
  return terms?.isInverse === false && terms.multiplier.gt(one);
}

function dearest(
  { side, type, price, trigger }: Pick<OrderIntent, 'side' | 'type' | 'price' | 'trigger'>,
  reference: Pick<Reference, 'last' | 'bid' | 'ask'> | undefined,
): Decimal | undefined {
  if (reference === undefined) {
    const isBounded = side === 'buy' && type === 'limit' && price !== undefined;
    return isBounded ? price : undefined;
  }
  let highest = reference.last;
  for (const each of [reference.bid, reference.ask, price, trigger]) if (each?.gt(highest)) highest = each;
  return highest;
}

/** How much has to be sold at least for an amount of quote currency: at the lowest price that is known. */
export function baseOf(
  value: Decimal | undefined,
  reference: Pick<Reference, 'last' | 'bid'> | undefined,
): Decimal | undefined {
  if (value === undefined || reference === undefined) return undefined;
  const { last, bid = last } = reference;
  const price = bid.lt(last) ? bid : last;
  return price.gt(zero) ? value.div(price) : undefined;
}

/** Worth as the journal keeps it: rounded up to 18 digits, since what has more than 30 would be read as none. */
export function worthText(worth: Decimal): string {
  return formatDecimal(worth.round(18, 3));
}

/** All orders of the request together; undefined when one of them is not known. */
export function sumNotional(orders: readonly Pick<OrderFacts, 'notional' | 'isLeg'>[]): Decimal | undefined {
  let sum: Decimal | undefined;
  for (const { notional, isLeg } of orders) {
    if (isLeg) continue; // it fills nothing on top of its order
    if (notional === undefined) return undefined;
    sum = sum === undefined ? notional : sum.plus(notional);
  }
  return sum ?? zero;
}

/** What the position, and all that is held apart from it in the symbol, will be worth when the order is filled. */
export function projectedWorth(order: OrderFacts): Decimal | undefined {
  const { intent, notional, position, pending, spot, apart = zero } = order;
  const { side, quantity } = intent;
  if (spot !== undefined) return projectedHolding(order, spot);
  if (
    notional === undefined ||
    position === undefined ||
    quantity === undefined ||
    quantity.value.lte(zero)
  ) {
    return undefined;
  }
  const all = quantity.value.plus(pending);
  const after = side === 'buy' ? position.plus(all) : position.minus(all);
  return after.abs().plus(apart).times(notional).div(quantity.value);
}

/** What is held on spot when a purchase, and all that is on its way, is filled: at the price at which the order is valued. */
function projectedHolding(
  { intent: { quantity }, notional, pending, reference }: OrderFacts,
  { held, cost }: SpotFacts,
): Decimal | undefined {
  if (held === undefined || notional === undefined || quantity === undefined || quantity.value.lte(zero))
    return undefined;
  if (quantity.unit === 'base')
    return held.plus(quantity.value).plus(pending).times(notional).div(quantity.value);
  // In quote currency: what is on its way is worth what it says, what is held what the market says.
  if (reference === undefined || cost === undefined || cost.lte(zero)) return undefined;
  return held.times(reference.last).plus(quantity.value).plus(pending).times(notional).div(cost);
}

/** Who closes a position. */
export function closingSide(position: Decimal): OrderSide {
  return position.lt(zero) ? 'buy' : 'sell';
}

/**
 * Whether an order can only make a known position smaller: by what the venue holds it to, or because it never rests and is no larger
 * than the position. Nothing else on its way may outlive the position then: it would open the reverse.
 */
export function isReducing(
  intent: Pick<
    OrderIntent,
    'action' | 'side' | 'type' | 'timeInForce' | 'quantity' | 'isDerivative' | 'reduceOnly'
  >,
  position: Decimal | undefined,
  { pending, unbound }: Pick<OrderFacts, 'pending' | 'unbound'>,
): boolean {
  const { action, quantity } = intent;
  if (action !== 'place' || position === undefined || quantity === undefined) return false;
  if (isHeldToReduce(intent)) {
    const isNothing = position.eq(zero) && quantity.unit === 'close-all';
    return (isNothing || isAgainst(intent, position)) && leaves(intent, position, unbound);
  }
  if (!countsPosition(intent) || !isImmediate(intent) || !isAgainst(intent, position)) return false;
  return quantity.value.plus(pending).lte(position.abs());
}

/** Whether its side, or its lack of one, closes something of the position. */
export function isAgainst({ side }: Pick<OrderIntent, 'side'>, position: Decimal): boolean {
  return !position.eq(zero) && (side === undefined || side === closingSide(position));
}

/** Whether an order that the venue holds to reducing leaves so much of a position as what is not held to it closes. */
export function leaves(
  { quantity }: Pick<OrderIntent, 'quantity'>,
  position: Decimal,
  unbound: Decimal,
): boolean {
  const held = position.abs();
  const isAll = quantity === undefined || quantity.unit === 'close-all' || quantity.value.gt(held);
  return (isAll ? held : quantity.value).plus(unbound).lte(held);
}

/** Whether a worth moved by more than so many basis points since it was told. */
export function hasDrifted(before: Decimal, now: Decimal, maxBps: number): boolean {
  if (before.eq(zero)) return !now.eq(zero);
  return now
    .minus(before)
    .abs()
    .times(tenThousand)
    .gt(before.times(decimal(String(maxBps))));
}

/** Whether an order is out of the book until something else happens. What types beyond the usual do is not known, so they wait. */
export function waitsForTrigger({ type }: { type?: string }): boolean {
  return type !== undefined && type !== 'market' && type !== 'limit';
}
