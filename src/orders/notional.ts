// What an order is worth in quote currency: for the human who decides, and for limits. Exact (S14), and never less than it may cost.
import { type Decimal, decimal } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';

/** What one unit of an instrument's quantity is worth. */
export interface Terms {
  /** Base currency of one contract, of an inverse one quote currency; 1 for spot. */
  multiplier: Decimal;
  isInverse: boolean;
}

export interface MarketFacts {
  /** Price that does not depend on the order; undefined when it is not known now. */
  reference(instrument: string): Decimal | undefined;
  terms(instrument: string): Terms | undefined;
}

const zero = decimal('0');

/** The sum over all orders and legs; undefined as soon as one of them cannot be valued. Cancels are worth nothing. */
export function notionalOf(intents: readonly OrderIntent[], facts: MarketFacts): Decimal | undefined {
  let sum = zero;
  for (const intent of intents) {
    const own = notionalOfOne(intent, facts);
    const legs = notionalOf(intent.legs ?? [], facts);
    if (own === undefined || legs === undefined) return undefined;
    sum = sum.plus(own).plus(legs);
  }
  return sum;
}

function notionalOfOne(intent: OrderIntent, facts: MarketFacts): Decimal | undefined {
  const { action, quantity, instrument } = intent;
  if (action === 'cancel') return zero;
  if (quantity === undefined || quantity.unit === 'close-all') return undefined;
  if (quantity.unit === 'quote') return quantity.value;
  const price = priceOf(intent, facts.reference(instrument));
  if (price === undefined) return undefined;
  if (quantity.unit === 'base') return quantity.value.times(price);
  const terms = facts.terms(instrument);
  if (terms === undefined) return undefined;
  const size = quantity.value.times(terms.multiplier);
  return terms.isInverse ? size : size.times(price);
}

/** D3: the higher of the order's own prices and the market's; an order without a price of its own needs the market's. */
function priceOf({ price, trigger }: OrderIntent, reference: Decimal | undefined): Decimal | undefined {
  const known = [price, trigger, reference].filter((one) => one !== undefined);
  if (reference === undefined && price === undefined) return undefined;
  return known.reduce((highest, one) => (one.gt(highest) ? one : highest), zero);
}

/** Whether a worth moved by more than so many basis points since it was told. */
export function hasDrifted(before: Decimal, now: Decimal, maxBps: number): boolean {
  if (before.eq(zero)) return !now.eq(zero);
  return now
    .minus(before)
    .abs()
    .times(decimal('10000'))
    .gt(before.times(decimal(String(maxBps))));
}
