// Where Binance keeps orders and positions: spot, cross margin, both kinds of futures, and the futures of portfolio margin.
// A key has futures of its own or those of portfolio margin: the others answer -2015 (ccxt issues 20905 and 26759, Binance.Net 1485).
// Sources: developers.binance.com Portfolio Margin, "New UM Order", "Query CM Position Information"; it has no test network.
import type { Environment } from '../../core/order.js';

export interface Book {
  prefix: '/api/v3' | '/sapi/v1/margin' | '/fapi/v1' | '/dapi/v1' | '/papi/v1/um' | '/papi/v1/cm';
  /** The account's trades, below the prefix. */
  trades: 'myTrades' | 'userTrades';
  /** Path of the positions; spot has none. */
  positions?: string;
  hosts: Readonly<Record<Environment, string>>;
}

const hostsOf = (name: string): Book['hosts'] => ({
  live: `${name}.binance.com`,
  paper: `${name}.binance.com`,
  demo: `demo-${name}.binance.com`,
});

export const spot: Book = { prefix: '/api/v3', trades: 'myTrades', hosts: hostsOf('api') };
/** Cross margin: isolated margin has a list for each pair. The test networks have none of it. Source: Margin Trading, "Query Margin Account's Open Orders". */
export const margin: Book = { prefix: '/sapi/v1/margin', trades: 'myTrades', hosts: spot.hosts };
export const usdm: Book = {
  prefix: '/fapi/v1',
  trades: 'userTrades',
  positions: '/fapi/v3/positionRisk',
  hosts: hostsOf('fapi'),
};
export const coinm: Book = {
  prefix: '/dapi/v1',
  trades: 'userTrades',
  positions: '/dapi/v1/positionRisk',
  hosts: hostsOf('dapi'),
};
export const portfolioUsdm: Book = {
  prefix: '/papi/v1/um',
  trades: 'userTrades',
  positions: '/papi/v1/um/positionRisk',
  hosts: hostsOf('papi'),
};
export const portfolioCoinm: Book = {
  prefix: '/papi/v1/cm',
  trades: 'userTrades',
  positions: '/papi/v1/cm/positionRisk',
  hosts: hostsOf('papi'),
};

/**
 * Conditional orders of a book: they wait in a list of their own, under numbers of their own, and once triggered are plain orders of
 * the book. Sources: developers.binance.com derivatives change log, 2025-11-06 (USDⓈ-M: "migrate conditional orders to the Algo
 * Service") and 2026-04-14 (`/papi/v1/um/algo/*`); COIN-M "Important CM-UM Integration Notice" (2026-06-30); Portfolio Margin, "New
 * CM Conditional Order", "Query Current CM Open Conditional Order", "Query CM Conditional Order History", and the same of UM, deprecated since
 * 2026-04-28 and still what ccxt 4.5.84 calls; binance 3.6.5 usdm-client, coinm-client, portfolio-client.
 */
export interface AlgoList {
  /** Begins the ids of its orders, and names it. */
  prefix: `${string}/${'algo' | 'conditional'}`;
  book: Book;
  /** Paths of all that wait, and of one of them to be placed or cancelled. */
  all: string;
  one: string;
  /** Paths where one is asked for, in turn: what none of them knows is not there. */
  asked: readonly string[];
  /** Binance may take it away any day. */
  isDeprecated: boolean;
  /** How its orders are named. */
  names: typeof algoNames | typeof strategyNames;
}

const algoNames = {
  id: 'algoId',
  client: 'clientAlgoId',
  state: 'algoStatus',
  became: 'actualOrderId',
  /** Questions and cancels name the symbol, too. */
  isBySymbol: false,
} as const;
const strategyNames = {
  id: 'strategyId',
  client: 'newClientStrategyId',
  state: 'strategyStatus',
  became: 'orderId',
  isBySymbol: true,
} as const;

export const usdmAlgo: AlgoList = {
  prefix: '/fapi/v1/algo',
  book: usdm,
  all: '/fapi/v1/openAlgoOrders',
  one: '/fapi/v1/algoOrder',
  asked: ['/fapi/v1/algoOrder'],
  isDeprecated: false,
  names: algoNames,
};
/** The notice names no question for a single order; Binance.Net asks as at USDⓈ-M (`GetConditionalOrderAsync`). So the list is asked first, which tells what waits. */
export const coinmAlgo: AlgoList = {
  prefix: '/dapi/v1/algo',
  book: coinm,
  all: '/dapi/v1/openAlgoOrders',
  one: '/dapi/v1/algoOrder',
  asked: ['/dapi/v1/openAlgoOrders', '/dapi/v1/algoOrder'],
  isDeprecated: false,
  names: algoNames,
};
export const portfolioAlgo: AlgoList = {
  prefix: '/papi/v1/um/algo',
  book: portfolioUsdm,
  all: '/papi/v1/um/algo/openAlgoOrders',
  one: '/papi/v1/um/algo/order',
  asked: ['/papi/v1/um/algo/algoOrder'],
  isDeprecated: false,
  names: algoNames,
};
/** "NEW orders will not be found" in the history: first those that wait. */
const conditionalOf = (book: Book): AlgoList => ({
  prefix: `${book.prefix}/conditional`,
  book,
  all: `${book.prefix}/conditional/openOrders`,
  one: `${book.prefix}/conditional/order`,
  asked: [`${book.prefix}/conditional/openOrder`, `${book.prefix}/conditional/orderHistory`],
  isDeprecated: book === portfolioUsdm,
  names: strategyNames,
});
export const portfolioConditionals: readonly AlgoList[] = [portfolioUsdm, portfolioCoinm].map(conditionalOf);

const algoLists: readonly AlgoList[] = [usdmAlgo, coinmAlgo, portfolioAlgo, ...portfolioConditionals];

/** As `booksOf`. */
export const algoListsOf = (environment: Environment): readonly AlgoList[] =>
  environment === 'live' ? algoLists : [usdmAlgo, coinmAlgo];

/** The list that took the order; undefined where a book did. */
export const algoListOfOperation = (operation: string | undefined): AlgoList | undefined =>
  algoLists.find(({ one }) => operation === one.slice(1));
export const algoListOfId = (id: string): AlgoList | undefined =>
  algoLists.find(({ prefix }) => id.startsWith(`${prefix}:`));

const single: readonly Book[] = [spot, usdm, coinm];
const all: readonly Book[] = [...single, margin, portfolioUsdm, portfolioCoinm];

/** Those that together hold everything of an account, once: on paper spot is also margin's, and both kinds of futures portfolio margin's. */
export const booksOf = (environment: Environment): readonly Book[] => (environment === 'live' ? all : single);

/** The book that took the order; spot for what is none of them. */
export const bookOfOperation = (operation: string | undefined): Book =>
  all.find(({ prefix }) => operation?.startsWith(`${prefix.slice(1)}/`)) ?? spot;

/** Numbers of orders repeat between the books: ours are told apart by the book's prefix. */
export const idOf = (book: Book | AlgoList, number: string): string =>
  book === spot ? number : `${book.prefix}:${number}`;
export const numberOf = (id: string): string => id.slice(id.lastIndexOf(':') + 1);
export const bookOfId = (id: string): Book => all.find(({ prefix }) => id.startsWith(`${prefix}:`)) ?? spot;

export const isCoinMargined = (instrument: string): boolean => /USD_(?:PERP|\d{6})$/.test(instrument);
