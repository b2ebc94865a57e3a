// Tradier's books and bars of a minute: of the book it tells the best quote alone, which is a book of one level.
// Sources: documentation.tradier.com/brokerage-api/markets/get-timesales and /reference/response/quotes; Nasdaq UTP Vendor Alert
// 2025-10 (from November 2025 the consolidated feeds tell shares, no longer round lots); QuantConnect Lean.Brokerages.Tradier
// (`series` and its `data`, times of New York).
import { newYorkTime } from '../../core/new-york.js';
import type { OrderBook, PriceRange, TimeWindow, VenueAnswer, VenueCall } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { bookOf, rangeOf } from '../market-answers.js';
import type { CallParts } from '../venue-answers.js';
import { listIn, quoteOf } from './answers.js';

const minuteMs = 60_000;

export function quotesTarget(instrument: string): string {
  return `/v1/markets/quotes?symbols=${encodeURIComponent(instrument)}&greeks=false`;
}

/** `call`: a question of this target at the host of market data. */
export function orderBook(call: (target: string) => CallParts, instrument: string): VenueCall<OrderBook> {
  return {
    ...call(quotesTarget(instrument)),
    read: (answer: VenueAnswer) => {
      const quote = quoteOf(answer, instrument);
      return bookOf(levelIn(quote, 'bid'), levelIn(quote, 'ask'));
    },
  };
}

/**
 * Sizes are taken as they stand, for shares. Tradier's documentation says hundreds of them, which the feeds behind it ended: where it
 * holds still, the book is thinner here than it is, never deeper.
 */
function levelIn(quote: StrictObject | undefined, side: 'bid' | 'ask') {
  const [price, size] = [quote?.get(side), quote?.get(`${side}size`)];
  return price === undefined || size === undefined ? undefined : [[price, size]];
}

/** Trades outside regular hours included. Of options as of shares. */
export function priceRange(
  call: (target: string) => CallParts,
  instrument: string,
  window: TimeWindow,
): VenueCall<PriceRange> {
  const query = new URLSearchParams({
    symbol: instrument,
    interval: '1min',
    start: newYorkTime(window.fromMs - minuteMs).slice(0, 'yyyy-mm-dd hh:mm'.length),
    session_filter: 'all',
  });
  return {
    ...call(`/v1/markets/timesales?${query}`),
    read: (answer) =>
      rangeOf(
        listIn(answer, 'series', 'data'),
        { time: 'timestamp', high: 'high', low: 'low', unit: 'seconds' },
        window,
      ),
  };
}
