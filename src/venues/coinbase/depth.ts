// Coinbase's order books and bars of a minute. Source: docs.cdp.coinbase.com Advanced Trade REST reference:
// get-public-product-book, get-public-product-candles.
import type { OrderBook, PriceRange, TimeWindow, VenueCall } from '../admin.js';
import { bookOf, rangeOf } from '../market-answers.js';
import { type CallParts, objectIn, objectOf } from '../venue-answers.js';

/** Levels of a side. */
const levels = 500;

/** `call`: a public question of this target below `/market/`. */
export function orderBook(call: (target: string) => CallParts, product: string): VenueCall<OrderBook> {
  return {
    ...call(`product_book?product_id=${product}&limit=${levels}`),
    read: (answer) => {
      const told = objectIn(objectOf(answer), 'pricebook');
      return bookOf(told?.get('bids'), told?.get('asks'), { price: 'price', size: 'size' });
    },
  };
}

export function priceRange(
  call: (target: string) => CallParts,
  product: string,
  window: TimeWindow,
): VenueCall<PriceRange> {
  const [start, end] = [window.fromMs, window.toMs].map((ms) => Math.floor(ms / 1000));
  return {
    ...call(`products/${product}/candles?start=${start}&end=${end}&granularity=ONE_MINUTE&limit=350`),
    read: (answer) =>
      rangeOf(
        objectOf(answer)?.get('candles'),
        { time: 'start', high: 'high', low: 'low', unit: 'seconds' },
        window,
      ),
  };
}
