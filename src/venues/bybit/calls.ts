// How the sidecar asks Bybit v5 of its own accord, and what it asks of the market: prices and contract terms by category.
// Source: bybit-exchange/docs docs/v5/guide.mdx, docs/v5/market/tickers.mdx, docs/v5/market/instrument.mdx (2026-07-24).
import type { Environment } from '../../core/order.js';
import type { AdminPlace, ContractTerms, ReferencePrice, VenueAnswer, VenueCall } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import { idIn, objectIn, objectOf, one, priceIn, rowsOf, signedAt, textIn, zero } from '../venue-answers.js';

const host: Readonly<Record<Environment, string>> = {
  live: 'api.bybit.com',
  paper: 'api.bybit.com',
  demo: 'api-demo.bybit.com',
};

export const categories = ['spot', 'linear', 'inverse', 'option'] as const;
export type Category = (typeof categories)[number];
/** `retCode` of a success. */
export const ok = '0';

/** Options are BTC-27DEC24-70000-C, inverse contracts end in USD; spot and linear share spellings. */
export function categoriesOf(instrument: string): readonly Category[] {
  if (/-[CP](?:-[A-Z]+)?$/.test(instrument)) return ['option'];
  return /USD(?:[A-Z]\d{2})?$/.test(instrument) ? ['inverse', 'spot'] : ['spot', 'linear'];
}

export const signed = signedAt(host);

/** The result of an answer whose code is fine. */
export function resultOf(answer: VenueAnswer): StrictObject | undefined {
  const envelope = objectOf(answer);
  return textIn(envelope, 'retCode') === ok ? objectIn(envelope, 'result') : undefined;
}

/** Stands for a symbol that the category does not list. */
const noPrice: ReferencePrice = { last: zero };
const noTerms: ContractTerms = { multiplier: zero, isInverse: false, quote: '' };
/** 10001 parameter error: the symbol is invalid in this category. */
export const isUnlisted = (answer: VenueAnswer): boolean => {
  const envelope = objectOf(answer);
  const rows = rowsOf(objectIn(envelope, 'result')?.get('list'));
  return (
    textIn(envelope, 'retCode') === '10001' || (textIn(envelope, 'retCode') === ok && rows?.length === 0)
  );
};

export function askPrice(
  at: AdminPlace,
  instrument: string,
  [category = 'spot', ...others]: readonly Category[],
): VenueCall<ReferencePrice> {
  return {
    ...signed('GET', at, `/v5/market/tickers?category=${category}&symbol=${instrument}`),
    isPublic: true,
    read: (answer) => {
      if (others.length > 0 && isUnlisted(answer)) return noPrice;
      const [row] = rowsOf(resultOf(answer)?.get('list')) ?? [];
      const last = priceIn(row, 'lastPrice');
      const atMs = Number(textIn(objectOf(answer), 'time'));
      if (last === undefined || !Number.isSafeInteger(atMs)) return undefined;
      return dropUndefined({
        last,
        atMs,
        bid: priceIn(row, 'bid1Price'),
        ask: priceIn(row, 'ask1Price'),
      }) as ReferencePrice;
    },
    follow: (value) => (value === noPrice ? askPrice(at, instrument, others) : undefined),
  };
}

export function askTerms(
  at: AdminPlace,
  instrument: string,
  [category = 'spot', ...others]: readonly Category[],
): VenueCall<ContractTerms> {
  return {
    ...signed('GET', at, `/v5/market/instruments-info?category=${category}&symbol=${instrument}`),
    isPublic: true,
    read: (answer) => {
      if (others.length > 0 && isUnlisted(answer)) return noTerms;
      const [row] = rowsOf(resultOf(answer)?.get('list')) ?? [];
      const quote = idIn(row, 'quoteCoin');
      // Linear contracts and options count the base coin; one inverse contract is one US dollar.
      const base = idIn(row, 'baseCoin');
      return quote === undefined || base === undefined
        ? undefined
        : { multiplier: one, isInverse: category === 'inverse', quote, base };
    },
    follow: (value) => (value === noTerms ? askTerms(at, instrument, others) : undefined),
  };
}
