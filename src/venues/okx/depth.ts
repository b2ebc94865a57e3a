// OKX's order book and bars of a minute. Source: OKX v5 reference, "Order Book Trading", "Market Data": books, candles.
import type { AdminPlace, OrderBook, PriceRange, TimeWindow, VenueAnswer, VenueCall } from '../admin.js';
import { barsIn, bookOf, rangeOf } from '../market-answers.js';
import { objectOf, rowsOf, textIn } from '../venue-answers.js';
import { get } from './calls.js';

/** Levels of a side: the most that one question is answered with. */
const levels = 400;

export function orderBook(at: AdminPlace, instrument: string): VenueCall<OrderBook> {
  return {
    ...get(at, `market/books?instId=${instrument}&sz=${levels}`),
    isPublic: true,
    read: (answer) => {
      const [row] = rowsOf(dataOf(answer)) ?? [];
      return bookOf(row?.get('bids'), row?.get('asks'));
    },
  };
}

export function priceRange(at: AdminPlace, instrument: string, window: TimeWindow): VenueCall<PriceRange> {
  return {
    ...get(at, `market/candles?instId=${instrument}&bar=1m&limit=${barsIn(window)}`),
    isPublic: true,
    read: (answer) => rangeOf(dataOf(answer), { time: 0, high: 2, low: 3, unit: 'milliseconds' }, window),
  };
}

function dataOf(answer: VenueAnswer) {
  const envelope = objectOf(answer);
  return textIn(envelope, 'code') === '0' ? envelope?.get('data') : undefined;
}
