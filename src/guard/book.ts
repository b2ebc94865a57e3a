// What an order would get from the book as it is: levels eaten best first, exactly (S14).
import { type Decimal, decimal } from '../core/decimal.js';
import type { Level, MarketBook } from './facts.js';

const zero = decimal('0');
const two = decimal('2');
const tenThousand = decimal('10000');

/** Between the best bid and the best ask; undefined where a side is empty. */
export function midOf({ bids, asks }: MarketBook): Decimal | undefined {
  const [bid, ask] = [bids[0], asks[0]];
  return bid === undefined || ask === undefined ? undefined : bid.price.plus(ask.price).div(two);
}

/** What a quantity would get, and the levels that are left then. */
export interface Taken {
  /** Average price; undefined when the levels do not hold so much. */
  average: Decimal | undefined;
  rest: readonly Level[];
}

/** `amount` in the unit of the levels' sizes or, with `isQuote`, in quote currency. */
export function take(levels: readonly Level[], amount: Decimal, isQuote: boolean): Taken {
  let [left, size, worth] = [amount, zero, zero];
  for (const [index, level] of levels.entries()) {
    const whole = isQuote ? level.size.times(level.price) : level.size;
    if (whole.lt(left)) {
      left = left.minus(whole);
      size = size.plus(level.size);
      worth = worth.plus(level.size.times(level.price));
      continue;
    }
    const eaten = isQuote ? left.div(level.price) : left;
    size = size.plus(eaten);
    worth = worth.plus(eaten.times(level.price));
    const rest = [{ price: level.price, size: level.size.minus(eaten) }, ...levels.slice(index + 1)];
    return { average: size.gt(zero) ? worth.div(size) : level.price, rest };
  }
  return { average: undefined, rest: [] };
}

/**
 * Whether a price is nearer to another one than so many hundredths of a percent of the latter, just as far, or farther: -1, 0 or 1.
 * Without a division, which takes longer than all the rest of a rule.
 * @throws Error when the other one is not above zero: there is no share of it.
 */
export function compareBps(price: Decimal, from: Decimal, bps: Decimal): -1 | 0 | 1 {
  if (from.lte(zero)) throw new Error('nothing to measure a distance by');
  return price.minus(from).abs().times(tenThousand).cmp(bps.times(from));
}

/** How far a price is from another one, hundredths of a percent of the latter. */
export function distanceBps(price: Decimal, from: Decimal): Decimal {
  return price.minus(from).abs().times(tenThousand).div(from);
}
