// Hyperliquid's prices, books, bars and terms, which anybody may ask for. Source: hyperliquid.gitbook.io "Info endpoint".
import type { AdminPlace, ReferencePrice, VenueAdmin } from '../admin.js';
import type { StrictJson, StrictObject } from '../json-strict.js';
import { bookOf, rangeOf } from '../market-answers.js';
import { idIn, jsonOf, objectOf, one, priceIn, rowsOf, textIn } from '../venue-answers.js';
import { info } from './calls.js';

const two = one.plus(one);

type MarketCalls = Required<
  Pick<VenueAdmin, 'referencePrice' | 'orderBook' | 'priceRange' | 'contractTerms' | 'termsMembers'>
>;

export const marketCalls: MarketCalls = {
  // The book tells no trades: the mid is what Hyperliquid's own clients price by.
  referencePrice: (at, instrument) => ({
    ...info(at, { type: 'l2Book', coin: instrument }),
    read: (answer) => {
      const book = objectOf(answer);
      const [bid, ask] = sidesOf(book).map((side) => priceIn(rowsOf(side)?.[0], 'px'));
      const atMs = Number(textIn(book, 'time') ?? Number.NaN);
      if (bid === undefined || ask === undefined || !Number.isSafeInteger(atMs)) return undefined;
      return { bid, ask, last: bid.plus(ask).div(two), atMs } satisfies ReferencePrice;
    },
  }),
  orderBook: (at, instrument) => ({
    ...info(at, { type: 'l2Book', coin: instrument }),
    read: (answer) => {
      const [bids, asks] = sidesOf(objectOf(answer));
      return bookOf(bids, asks, { price: 'px', size: 'sz' });
    },
  }),
  priceRange: (at, coin, window) => ({
    ...info(at, {
      type: 'candleSnapshot',
      req: { coin, interval: '1m', startTime: window.fromMs, endTime: window.toMs },
    }),
    read: (answer) =>
      rangeOf(jsonOf(answer), { time: 't', high: 'h', low: 'l', unit: 'milliseconds' }, window),
  }),
  termsMembers: ['universe'],
  // Sizes are in base currency. Perpetuals of the main exchange are quoted in US dollars and settled in USDC.
  contractTerms: (at, instrument) => ({
    ...info(at, { type: 'meta' }),
    read: (answer) => {
      const universe = rowsOf(objectOf(answer)?.get('universe'));
      if (universe === undefined) return undefined;
      const isListed = universe.some((row) => textIn(row, 'name') === instrument);
      return { multiplier: one, isInverse: false, quote: isListed ? 'USDC' : '' };
    },
    follow: ({ quote }) => (quote === '' ? spotTerms(at, instrument) : undefined),
  }),
};

/** Bids and asks; no more than 20 levels each. */
function sidesOf(book: StrictObject | undefined): readonly StrictJson[] {
  const sides = book?.get('levels');
  return Array.isArray(sides) ? (sides as readonly StrictJson[]) : [];
}

function spotTerms(at: AdminPlace, instrument: string): ReturnType<VenueAdmin['contractTerms']> {
  return {
    ...info(at, { type: 'spotMeta' }),
    read: (answer) => {
      const told = objectOf(answer);
      const pair = rowsOf(told?.get('universe'))?.find((row) => textIn(row, 'name') === instrument);
      const [, quoteIndex] = (pair?.get('tokens') as readonly { text?: string }[] | undefined) ?? [];
      const token = rowsOf(told?.get('tokens'))?.find((row) => textIn(row, 'index') === quoteIndex?.text);
      const quote = idIn(token, 'name');
      return quote === undefined ? undefined : { multiplier: one, isInverse: false, quote };
    },
  };
}
