// Bybit's order books and bars of a minute. Source: bybit-exchange/docs docs/v5/market/orderbook.mdx, kline.mdx (2026-07-24).
import type { AdminPlace, OrderBook, PriceRange, TimeWindow, VenueCall } from '../admin.js';
import { barsIn, bookOf, rangeOf } from '../market-answers.js';
import { zero } from '../venue-answers.js';
import { type Category, isUnlisted, resultOf, signed } from './calls.js';

/** Levels of a side: spot takes 200, options 25. */
const levelsOf = (category: Category): number => (category === 'option' ? 25 : 200);
/** Stands for a symbol that the category does not list. */
const noRange: PriceRange = { low: zero, high: zero };

export function orderBook(at: AdminPlace, instrument: string, category: Category): VenueCall<OrderBook> {
  const narrowed = `category=${category}&symbol=${instrument}&limit=${levelsOf(category)}`;
  return {
    ...signed('GET', at, `/v5/market/orderbook?${narrowed}`),
    isPublic: true,
    read: (answer) => {
      const told = resultOf(answer);
      return bookOf(told?.get('b'), told?.get('a'));
    },
  };
}

/** Options have no bars. */
export function priceRange(
  at: AdminPlace,
  instrument: string,
  window: TimeWindow,
  [category = 'spot', ...others]: readonly Category[],
): VenueCall<PriceRange> {
  const narrowed = `category=${category}&symbol=${instrument}&interval=1&limit=${barsIn(window)}`;
  return {
    ...signed('GET', at, `/v5/market/kline?${narrowed}`),
    isPublic: true,
    read: (answer) => {
      if (others.length > 0 && isUnlisted(answer)) return noRange;
      const bars = resultOf(answer)?.get('list');
      return rangeOf(bars, { time: 0, high: 2, low: 3, unit: 'milliseconds' }, window);
    },
    follow: (value) => (value === noRange ? priceRange(at, instrument, window, others) : undefined),
  };
}
