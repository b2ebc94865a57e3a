// How much of an incoming order the book can fill at once, level by level. Pure: it takes nothing.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import type { Level } from './book.js';
import { floorTo } from './market.js';

const zero = decimal('0');

export interface Want {
  side: OrderSide;
  /** Worst price to take. */
  limit: Decimal | undefined;
  quantity: { value: Decimal; unit: 'size' | 'quote' };
  lotSize: Decimal;
  /** Base currency or contracts at the front of the book that are already gone this second. */
  gone: Decimal;
}

/** The takes, best price first. A quote quantity is filled down to whole lots; what is left of it is too small for one. */
export function takeFrom(levels: Iterable<Level>, want: Want): readonly Level[] {
  const takes: Level[] = [];
  let { gone } = want;
  let left = want.quantity.value;
  for (const level of levels) {
    if (want.limit !== undefined && isBeyond(level.price, want.limit, want.side)) break;
    const offered = floorTo(level.size, want.lotSize);
    const skipped = gone.lt(offered) ? gone : offered;
    gone = gone.minus(skipped);
    const there = offered.minus(skipped);
    const wanted =
      want.quantity.unit === 'size' ? left : floorTo(left.div(level.price).round(30, 0), want.lotSize);
    const size = wanted.lt(there) ? wanted : there;
    if (wanted.lte(zero)) break;
    if (size.lte(zero)) continue;
    takes.push({ price: level.price, size });
    left = left.minus(want.quantity.unit === 'size' ? size : size.times(level.price));
    if (left.lte(zero)) break;
  }
  return takes;
}

function isBeyond(price: Decimal, limit: Decimal, side: OrderSide): boolean {
  return side === 'buy' ? price.gt(limit) : price.lt(limit);
}

export function totalSize(takes: readonly Level[]): Decimal {
  return takes.reduce((sum, { size }) => sum.plus(size), zero);
}

export function totalCost(takes: readonly Level[]): Decimal {
  return takes.reduce((sum, { price, size }) => sum.plus(price.times(size)), zero);
}
