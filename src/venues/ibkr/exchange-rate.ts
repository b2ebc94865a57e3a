// IBKR's rate of a pair of currencies, asked for like the price of an instrument.
// Source: ibkrcampus.com cpapi-v1 "Currency Exchange Rate": `rate` is of the target for one of the source.
import type { ReferencePrice, VenueCall } from '../admin.js';
import { type CallParts, objectOf, priceIn } from '../venue-answers.js';

/** As IBKR spells a pair; contracts are named with their number, so none is spelled so. */
const pairForm = /^([A-Z]{3})\.([A-Z]{3})$/;

/** Undefined for what is no currency of a country, which are three letters. */
export function pairName(base: string, quote: string): string | undefined {
  const name = `${base}.${quote}`;
  return pairForm.test(name) ? name : undefined;
}

/** Undefined for what is no pair. */
export function exchangeRate(
  get: (target: string) => CallParts,
  name: string,
): VenueCall<ReferencePrice> | undefined {
  const [, source, target] = pairForm.exec(name) ?? [];
  if (source === undefined || target === undefined) return undefined;
  return {
    ...get(`iserver/exchangerate?source=${source}&target=${target}`),
    read: (answer) => {
      const last = answer.status === 200 ? priceIn(objectOf(answer), 'rate') : undefined;
      return last === undefined ? undefined : { last };
    },
  };
}
