// Kraken's order books and bars of a minute. Source: docs.kraken.com/api/docs/rest-api: get-order-book, get-ohlc-data.
import type { OrderBook, PriceRange, TimeWindow, VenueCall } from '../admin.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { bookOf, rangeOf } from '../market-answers.js';
import { type CallParts, objectIn, objectOf } from '../venue-answers.js';

/** Levels of a side: the most there are. */
const levels = 500;

/** `call`: a question of this target below `/0/public/`. */
export function orderBook(call: (target: string) => CallParts, pair: string): VenueCall<OrderBook> {
  return {
    ...call(`Depth?pair=${pair}&count=${levels}`),
    read: ({ body }) => {
      const [told] = resultOf(body)?.values() ?? [];
      return isStrictObject(told) ? bookOf(told.get('bids'), told.get('asks')) : undefined;
    },
  };
}

export function priceRange(
  call: (target: string) => CallParts,
  pair: string,
  window: TimeWindow,
): VenueCall<PriceRange> {
  const since = Math.floor(window.fromMs / 1000) - 60;
  return {
    ...call(`OHLC?pair=${pair}&interval=1&since=${since}`),
    read: ({ body }) => {
      // Beside the pair's bars stands `last`, which is no list.
      const bars = [...(resultOf(body)?.values() ?? [])].find((each: StrictJson) => Array.isArray(each));
      return rangeOf(bars, { time: 0, high: 2, low: 3, unit: 'seconds' }, window);
    },
  };
}

function resultOf(body: Buffer): StrictObject | undefined {
  const told = objectOf({ body });
  const errors = told?.get('error');
  return Array.isArray(errors) && errors.length === 0 ? objectIn(told, 'result') : undefined;
}
