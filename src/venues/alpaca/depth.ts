// Alpaca's books and bars of a minute: of pairs a whole book; of shares and options only the best quote is told, which is a book of
// one level. Source: docs.alpaca.markets, Market Data API: latest orderbooks, snapshots, bars. `feed=iex` is what every plan has.
import type { OrderBook, PriceRange, TimeWindow, VenueCall } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { bookOf, rangeOf } from '../market-answers.js';
import { type CallParts, objectIn, objectOf } from '../venue-answers.js';
import { readSymbol } from './symbols.js';

/** `call`: a question of this target at the host of market data. */
export function orderBook(call: (target: string) => CallParts, instrument: string): VenueCall<OrderBook> {
  const { kind } = readSymbol(instrument);
  const symbols = `symbols=${encodeURIComponent(instrument)}`;
  if (kind === 'pair') {
    return {
      ...call(`/v1beta3/crypto/us/latest/orderbooks?${symbols}`),
      isPublic: true,
      read: (answer) => {
        const told = objectIn(objectIn(objectOf(answer), 'orderbooks'), instrument);
        return bookOf(told?.get('b'), told?.get('a'), { price: 'p', size: 's' });
      },
    };
  }
  const target =
    kind === 'option' ? `/v1beta1/options/snapshots?${symbols}` : `/v2/stocks/${instrument}/snapshot`;
  return {
    ...call(target),
    read: (answer) => {
      const told = objectOf(answer);
      const snapshot = kind === 'share' ? told : objectIn(objectIn(told, 'snapshots'), instrument);
      return bookOfQuote(objectIn(snapshot, 'latestQuote'));
    },
  };
}

/** A size in lots of a hundred, as older feeds write it, makes the book thinner than it is, never deeper. */
function bookOfQuote(quote: StrictObject | undefined): OrderBook | undefined {
  const level = (price: string, size: string) => {
    const [told, amount] = [quote?.get(price), quote?.get(size)];
    return told === undefined || amount === undefined ? undefined : [[told, amount]];
  };
  return bookOf(level('bp', 'bs'), level('ap', 'as'));
}

export function priceRange(
  call: (target: string) => CallParts,
  instrument: string,
  window: TimeWindow,
): VenueCall<PriceRange> {
  const { kind } = readSymbol(instrument);
  const start = encodeURIComponent(new Date(window.fromMs - 60_000).toISOString());
  const narrowed = `timeframe=1Min&start=${start}&limit=1000`;
  const symbols = `symbols=${encodeURIComponent(instrument)}`;
  const target =
    kind === 'pair'
      ? `/v1beta3/crypto/us/bars?${symbols}&${narrowed}`
      : kind === 'option'
        ? `/v1beta1/options/bars?${symbols}&${narrowed}`
        : `/v2/stocks/${instrument}/bars?${narrowed}&feed=iex`;
  return {
    ...call(target),
    isPublic: kind === 'pair',
    read: (answer) => {
      const told = objectOf(answer);
      const bars = kind === 'share' ? told?.get('bars') : objectIn(told, 'bars')?.get(instrument);
      return rangeOf(bars, { time: 't', high: 'h', low: 'l', unit: 'iso' }, window);
    },
  };
}
