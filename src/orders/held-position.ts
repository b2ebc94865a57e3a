// A position that fills made, at average cost, and what closing a part of it won or lost: of linear and of inverse contracts at once, since
// a fill does not say of which kind it is.
import { type Decimal, decimal, quotient } from '../core/decimal.js';

/** So much filled, or held. Each member is signed: positive was bought. */
export interface Filled {
  /** In base currency or contracts. */
  quantity: Decimal;
  /** Quantity times price. */
  cost: Decimal;
  /** Quantity by price: of inverse contracts, which are worth a sum of quote currency, what they cost in coins. Absent on spot. */
  coins?: Decimal | undefined;
}

/** What was won, negative when lost, in quote currency for a multiplier of 1, before fees. */
export interface Won {
  amount: Decimal;
  /** Of inverse contracts, whose coins are valued at the price at which they were closed. Absent on spot. */
  inverse?: Decimal | undefined;
}

const zero = decimal('0');
/** Digits after the point of a result: an average price may have endless ones. */
const resultDigits = 18;

export function filledAt(
  quantity: Decimal,
  worth: Decimal,
  coins: Decimal | undefined,
  isBuy: boolean,
): Filled {
  if (isBuy) return { quantity, cost: worth, coins };
  return { quantity: quantity.neg(), cost: worth.neg(), coins: coins?.neg() };
}

/** What a fill makes of a position; `won` is absent when it closed nothing, `held` when nothing is left. */
export function fillPosition(held: Filled | undefined, fill: Filled): { held?: Filled; won?: Won } {
  if (held === undefined) return { held: fill };
  if (held.quantity.gt(zero) === fill.quantity.gt(zero)) return { held: add(held, fill) };
  const after = held.quantity.plus(fill.quantity);
  if (after.eq(zero)) return { won: wonBy(held, fill) };
  if (after.gt(zero) === fill.quantity.gt(zero)) {
    // It closes all and opens the other way round with the rest.
    const opening = partOf(fill, after);
    return { held: opening, won: wonBy(held, less(fill, opening)) };
  }
  const closed = partOf(held, fill.quantity.neg());
  return { held: less(held, closed), won: wonBy(closed, fill) };
}

/** What was held of one side and sold, or bought back, whole. */
function wonBy(held: Filled, closing: Filled): Won {
  const amount = held.cost.plus(closing.cost).neg().round(resultDigits);
  if (held.coins === undefined || closing.coins === undefined || closing.coins.eq(zero)) return { amount };
  // A contract is worth more coins the cheaper they are: what was paid of them is what is got.
  const price = quotient(closing.quantity, closing.coins);
  return { amount, inverse: held.coins.plus(closing.coins).times(price).round(resultDigits) };
}

function add(one: Filled, other: Filled): Filled {
  return {
    quantity: one.quantity.plus(other.quantity),
    cost: one.cost.plus(other.cost),
    coins: other.coins && one.coins?.plus(other.coins),
  };
}

function less(one: Filled, other: Filled): Filled {
  return add(one, { quantity: other.quantity.neg(), cost: other.cost.neg(), coins: other.coins?.neg() });
}

/** So much of it, at its average cost. */
function partOf({ quantity, cost, coins }: Filled, part: Decimal): Filled {
  return {
    quantity: part,
    cost: quotient(cost.times(part), quantity),
    coins: coins && quotient(coins.times(part), quantity),
  };
}
