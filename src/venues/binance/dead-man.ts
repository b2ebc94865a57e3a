// Binance's dead-man switches: one for each contract of a key's own futures, none for spot and portfolio margin.
// Source: developers.binance.com USDⓈ-M and COIN-M Futures, "Auto-Cancel All Open Orders": milliseconds, 0 stops it; weight 10 of 2,400.
import type { VenueAdmin } from '../admin.js';
import { objectOf, ownRequest, textIn } from '../venue-answers.js';
import { algoListOfOperation, bookOfId, bookOfOperation, coinm, idOf, numberOf, usdm } from './books.js';

/** The book's prefix and the symbol. Whether the switch reaches conditional orders, which wait in a list of their own, is not said. */
export const deadManMarket: NonNullable<VenueAdmin['deadManMarket']> = ({ instrument, operation }) => {
  if (algoListOfOperation(operation) !== undefined) return undefined;
  const book = bookOfOperation(operation);
  return instrument !== '' && (book === usdm || book === coinm) ? idOf(book, instrument) : undefined;
};

export const setDeadMan: NonNullable<VenueAdmin['setDeadMan']> = (at, timeoutMs, _nowMs, market = '') => {
  const { prefix, hosts } = bookOfId(market);
  const target = `${prefix}/countdownCancelAll?symbol=${numberOf(market)}&countdownTime=${timeoutMs}`;
  return {
    request: ownRequest('POST', hosts[at.environment], target),
    isPublic: false,
    read: (answer) => {
      const told = objectOf(answer);
      if (told === undefined) return undefined;
      const time = textIn(told, 'countdownTime');
      if (time === undefined) return textIn(told, 'code') === undefined ? undefined : false;
      return time === String(timeoutMs);
    },
  };
};
