// Binance's futures on paper: USDⓈ-M and COIN-M, each under a path of its own and within portfolio margin; one account behind them.
// Source: developers.binance.com USDⓈ-M Futures, COIN-M Futures, and Portfolio Margin (`um`, `cm`); ccxt 4.5.84 binance.
import type { Symbols } from '../desk.js';
import { coinMargined, type PrivateCall, perpetuals } from './call.js';

export interface FuturesBook {
  /** Begins its paths. */
  prefix: string;
  listed: Symbols;
  /** Margined in dollars, or in the coin. */
  kind: 'usdm' | 'coinm';
}

export const usdm: FuturesBook = { prefix: '/fapi/v1', listed: perpetuals, kind: 'usdm' };
export const coinm: FuturesBook = { prefix: '/dapi/v1', listed: coinMargined, kind: 'coinm' };
/** Portfolio margin has no market data of its own. */
export const portfolioUsdm: FuturesBook = { ...usdm, prefix: '/papi/v1/um' };
export const portfolioCoinm: FuturesBook = { ...coinm, prefix: '/papi/v1/cm' };

export type Handler = (call: PrivateCall) => unknown;

/** Routes that every book has, by `METHOD path`. */
export function routesOfBooks(
  routesOf: (book: FuturesBook) => readonly (readonly [method: string, name: string, handler: Handler])[],
): readonly (readonly [string, Handler])[] {
  return [usdm, coinm, portfolioUsdm, portfolioCoinm].flatMap((book) =>
    routesOf(book).map(([method, name, handler]) => [`${method} ${book.prefix}/${name}`, handler] as const),
  );
}

/** The symbols of the book that lists a contract. */
export const bookOf = (record: { symbol: string }): Symbols =>
  coinMargined.listed.some(({ symbol }) => symbol === record.symbol) ? coinMargined : perpetuals;
