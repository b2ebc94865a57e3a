// IBKR's books and bars of a minute: a snapshot tells the best quote alone, which is a book of one level.
// Sources: ibkrcampus.com cpapi-v1 ("Market Data Fields": 85 and 88 are divided by 100 for US stocks; "Historical Market Data":
// periods of 1 to 30min and 1 to 8h, 1,000 points at most; "Market Data Availability"); Nasdaq UTP Vendor Alert 2025-10 (from
// November 2025 the consolidated feeds tell shares, no longer round lots).
import type { OrderBook, PriceRange, TimeWindow, VenueCall } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { barsIn, bookOf, rangeOf } from '../market-answers.js';
import { type CallParts, objectOf, textIn } from '../venue-answers.js';
import { isTimely } from './answers.js';

/** 84 bid, 88 its size, 86 ask, 85 its size, 6509 how timely. */
export const bookFields: readonly string[] = ['84', '88', '86', '85', '6509'];

/**
 * Sizes are taken as they stand, for shares or contracts. IBKR's documentation says hundreds of US shares, which the feeds behind it
 * ended: where it holds still, the book is thinner here than it is, never deeper.
 */
export function bookIn(row: StrictObject): OrderBook | undefined {
  if (!isTimely(textIn(row, '6509'))) return undefined;
  const level = (price: string, size: string) => {
    const [told, amount] = [textIn(row, price), textIn(row, size)];
    return told === undefined || amount === undefined ? undefined : [[told, ungrouped(amount)]];
  };
  return bookOf(level('84', '88'), level('86', '85'));
}

/** `1,300` is how snapshots write 1300. */
function ungrouped(text: string): string {
  return /^\d{1,3}(?:,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text;
}

/** Bars end now, which is where the window ends; trades outside regular hours included. */
export function priceRange(
  get: (target: string) => CallParts,
  conid: string,
  window: TimeWindow,
): VenueCall<PriceRange> {
  const minutes = barsIn(window);
  const period = minutes <= 30 ? `${minutes}min` : `${Math.ceil(minutes / 60)}h`;
  return {
    ...get(`iserver/marketdata/history?conid=${conid}&period=${period}&bar=1min&outsideRth=true`),
    read: (answer) => {
      const told = answer.status === 200 ? objectOf(answer) : undefined;
      if (!isTimely(textIn(told, 'mdAvailability'))) return undefined;
      return rangeOf(told?.get('data'), { time: 't', high: 'h', low: 'l', unit: 'milliseconds' }, window);
    },
  };
}
