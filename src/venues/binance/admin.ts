// The sidecar's own calls to Binance: spot and cross margin with their order lists, USDⓈ-M and COIN-M, also those of portfolio margin,
// and the conditional orders of all these. What these do not reach (isolated margin and the margin of portfolio margin, of which no call
// lists all pairs; options; TWAP) is not covered: refused where a box must be able to stop orders.
// Sources: binance-spot-api-docs rest-api.md and errors.md (2026-07-21); developers.binance.com USDⓈ-M and COIN-M Futures,
// "Current All Open Orders", "Query Order", "Position Information", "24hr Ticker Price Change Statistics", "Exchange Information".
import { formatDecimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type {
  AdminPlace,
  ContractTerms,
  ReferencePrice,
  VenueAdmin,
  VenueCall,
  VenuePosition,
} from '../admin.js';
import { balancesOf } from '../balances.js';
import { isStrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  idIn,
  jsonOf,
  objectOf,
  one,
  priceIn,
  readAll,
  rowsOf,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import {
  algoListOfOperation,
  algoListsOf,
  type Book,
  bookOfOperation,
  booksOf,
  coinm,
  isCoinMargined,
  margin,
  numberOf,
  portfolioCoinm,
  portfolioUsdm,
  spot,
  usdm,
} from './books.js';
import { deadManMarket, setDeadMan } from './dead-man.js';
import { depthOf } from './depth.js';
import { equity } from './equity.js';
import { keyFacts, serverTime, transferRights } from './key-facts.js';
import { askAlgo, askOrder, tradesQuery } from './order-state.js';
import { readParameters } from './parameters.js';
import { isTrouble, readPlaced } from './placed.js';
import { cancelOrders, isClosedTo, named, openOrders, signed } from './resting.js';

/** What places or amends exactly the orders that `openOrders` lists and `findOrder` finds. */
const covered: ReadonlySet<string> = new Set([
  'api/v3/order',
  'api/v3/order/cancelReplace',
  'api/v3/sor/order',
  'api/v3/order/amend/keepPriority',
  'api/v3/order/oco',
  ...['oco', 'oto', 'otoco', 'opo', 'opoco'].map((kind) => `api/v3/orderList/${kind}`),
  ...['', '/oco', '/oto', '/otoco'].map((kind) => `${margin.prefix.slice(1)}/order${kind}`),
  ...[usdm, coinm].flatMap(({ prefix }) => [`${prefix.slice(1)}/order`, `${prefix.slice(1)}/batchOrders`]),
  ...algoListsOf('live').map(({ one: path }) => path.slice(1)),
  ...[portfolioUsdm, portfolioCoinm].map(({ prefix }) => `${prefix.slice(1)}/order`),
]);

// errors.md: no such symbol.
const noSymbol = '-1121';

export const admin: VenueAdmin = {
  covers: (operation) => covered.has(operation),
  transferRights,
  keyFacts,
  serverTime,
  openOrders,
  cancelBatchSize: 1,
  cancelOrders,
  findOrder: (at, { instrument, operation, clientOrderId, venueOrderId }) => {
    const algo = algoListOfOperation(operation);
    const book = algo?.book ?? bookOfOperation(operation);
    const id = (client: string, number: string) =>
      venueOrderId === undefined
        ? `${client}=${encodeURIComponent(clientOrderId ?? '')}`
        : `${number}=${numberOf(venueOrderId)}`;
    const plain = (name: string) => ({
      instrument,
      order: signed('GET', at, book, `${book.prefix}/order?symbol=${instrument}&${name}`),
      trades: (number: string) =>
        signed('GET', at, book, `${book.prefix}/${book.trades}?${tradesQuery(instrument, number)}`),
    });
    if (algo === undefined) return askOrder(plain(id('origClientOrderId', 'orderId')));
    const { names, asked } = algo;
    const [first = '', ...later] = asked;
    const question = (path: string) =>
      signed('GET', at, book, `${path}?${named(algo, instrument)}${id(names.client, names.id)}`);
    return askAlgo({
      orders: [question(first), ...later.map(question)],
      names,
      named: { venueOrderId: venueOrderId && numberOf(venueOrderId), clientOrderId },
      plain: (number) => plain(`orderId=${number}`),
    });
  },
  deadManMarket,
  setDeadMan,
  positions: (at) =>
    positionsOf(
      at,
      usdm,
      booksOf(at.environment)
        .filter(({ positions }) => positions !== undefined)
        .slice(1),
    ),
  isCloseHeldToReduce: true,
  closePosition: (at, position) => {
    const [book, other] = isCoinMargined(position.instrument)
      ? [coinm, portfolioCoinm]
      : [usdm, portfolioUsdm];
    return closing(at, book, position, at.environment === 'live' ? other : undefined);
  },
  pairName: (base, quote) => `${base}${quote}`,
  referencePrice: (at, instrument) => {
    const [book, other] = booksOfSymbol(instrument);
    const next = other === undefined ? undefined : priceCall(at, other, instrument);
    return priceCall(at, book, instrument, next);
  },
  ...depthOf(booksOfSymbol),
  // rest-api.md, "Account information": spot only; what futures wallets hold is no spot balance.
  balances: (at) => ({
    ...signed('GET', at, spot, '/api/v3/account?omitZeroBalances=true'),
    read: (answer) =>
      balancesOf(rowsOf(objectOf(answer)?.get('balances')), (row) => ({
        currency: idIn(row, 'asset'),
        free: unsignedIn(row, 'free'),
        locked: unsignedIn(row, 'locked'),
      })),
  }),
  // The margin wallets, which borrow, are others: what is free for an order there is not known.
  spendsBalances: (operation) => bookOfOperation(operation) === spot,
  equity: (at) => equity(at, { spot, margin, usdm, coinm, portfolio: portfolioUsdm }),
  termsMembers: ['symbols', 'code'],
  contractTerms: (at, instrument) => {
    const [book, other] = booksOfSymbol(instrument);
    const next = other === undefined ? undefined : termsCall(at, other, instrument);
    return termsCall(at, book, instrument, next);
  },
  isTrouble,
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    const parameters = request.method === 'POST' ? readParameters(request) : undefined;
    if (parameters?.ok !== true) return undefined;
    const missing = idNamesOf(request.path, parameters.fields).filter((name) => !parameters.fields.has(name));
    if (missing.length === 0) return undefined;
    return appendParameters(request, missing.map((name) => `${name}=${makeId()}`).join('&'));
  },
};

/** Spot and USDⓈ-M share spellings; where both list a pair, spot's price stands for both. */
function booksOfSymbol(instrument: string): readonly [Book, Book?] {
  if (isCoinMargined(instrument)) return [coinm];
  return /_\d{6}$/.test(instrument) ? [usdm] : [spot, usdm];
}

const plainOrder =
  /^\/(?:api\/v3|sapi\/v1\/margin|[fd]api\/v1|papi\/v1\/[uc]m)\/(?:sor\/)?order(?:\/cancelReplace)?$/;

/** The parameters that name each order which a request places. */
function idNamesOf(path: string, fields: ReadonlyMap<string, unknown>): readonly string[] {
  if (plainOrder.test(path)) return ['newClientOrderId'];
  const algo = algoListOfOperation(path.slice(1));
  if (algo !== undefined) return [algo.names.client];
  const below = fields.has('pendingBelowType') ? ['pendingBelowClientOrderId'] : [];
  const pair = ['workingClientOrderId', 'pendingAboveClientOrderId', ...below];
  const single = ['workingClientOrderId', 'pendingClientOrderId'];
  return (
    {
      '/api/v3/order/oco': ['limitClientOrderId', 'stopClientOrderId'],
      '/api/v3/orderList/oco': ['aboveClientOrderId', 'belowClientOrderId'],
      '/api/v3/orderList/oto': single,
      '/api/v3/orderList/opo': single,
      '/api/v3/orderList/otoco': pair,
      '/api/v3/orderList/opoco': pair,
      '/sapi/v1/margin/order/oco': ['limitClientOrderId', 'stopClientOrderId'],
      '/sapi/v1/margin/order/oto': single,
      '/sapi/v1/margin/order/otoco': pair,
    }[path] ?? []
  );
}

function appendParameters(request: HttpRequest, pairs: string): HttpRequest {
  if (request.body.length > 0)
    return { ...request, body: Buffer.concat([request.body, Buffer.from(`&${pairs}`)]) };
  return { ...request, query: request.query === '' ? pairs : `${request.query}&${pairs}` };
}

/** Stands for an account whose futures are those of portfolio margin: nothing was sent, and it is asked for there. */
const elsewhere = { isAccepted: false };

function closing(
  at: AdminPlace,
  book: Book,
  position: VenuePosition,
  other: Book | undefined,
): VenueCall<{ isAccepted: boolean }> {
  const { instrument, quantity, isHedged } = position;
  const isLong = quantity.gt(zero);
  // "New Order": reduceOnly cannot be sent in hedge mode, where the side of the position says it.
  const reducing = isHedged === true ? `positionSide=${isLong ? 'LONG' : 'SHORT'}` : 'reduceOnly=true';
  const query = `symbol=${instrument}&side=${isLong ? 'SELL' : 'BUY'}&type=MARKET&${reducing}`;
  return {
    ...signed('POST', at, book, `${book.prefix}/order?${query}&quantity=${formatDecimal(quantity.abs())}`),
    read: (answer) => {
      if (other !== undefined && isClosedTo(answer, book)) return elsewhere;
      const row = objectOf(answer);
      return row === undefined ? undefined : { isAccepted: row.has('orderId') };
    },
    follow: (value) =>
      value === elsewhere && other !== undefined ? closing(at, other, position, undefined) : undefined,
  };
}

/** Of the book and of those after it. */
function positionsOf(
  at: AdminPlace,
  book: Book,
  [next, ...rest]: readonly Book[],
  known: readonly VenuePosition[] = [],
): VenueCall<readonly VenuePosition[]> {
  return {
    ...signed('GET', at, book, book.positions ?? ''),
    read: (answer) => {
      if (isClosedTo(answer, book)) return known;
      const rows = readAll(rowsOf(jsonOf(answer)), (row) => {
        const instrument = idIn(row, 'symbol');
        // Negative is short, in hedge mode too.
        const quantity = signedIn(row, 'positionAmt');
        const isHedged = ['LONG', 'SHORT'].includes(textIn(row, 'positionSide') ?? '') || undefined;
        return instrument === undefined || quantity === undefined
          ? undefined
          : (dropUndefined({ instrument, quantity, isHedged }) as VenuePosition);
      });
      return rows === undefined
        ? undefined
        : [...known, ...rows.filter(({ quantity }) => !quantity.eq(zero))];
    },
    ...(next === undefined ? {} : { follow: (all) => positionsOf(at, next, rest, all) }),
  };
}

/** Stands for a symbol that the first book does not list. */
const noPrice: ReferencePrice = { last: zero };
const noTerms: ContractTerms = { multiplier: zero, isInverse: false, quote: '' };

function priceCall(
  at: AdminPlace,
  book: Book,
  instrument: string,
  other?: VenueCall<ReferencePrice>,
): VenueCall<ReferencePrice> {
  return {
    ...signed('GET', at, book, `${book.prefix}/ticker/24hr?symbol=${instrument}`),
    isPublic: true,
    read: (answer) => {
      const json = jsonOf(answer);
      if (other !== undefined && isStrictObject(json) && textIn(json, 'code') === noSymbol) return noPrice;
      // COIN-M answers with a list even for one symbol.
      const row = isStrictObject(json) ? json : rowsOf(json)?.[0];
      const last = priceIn(row, 'lastPrice');
      const atMs = Number(textIn(row, 'closeTime'));
      if (last === undefined || !Number.isSafeInteger(atMs)) return undefined;
      return dropUndefined({
        last,
        atMs,
        bid: priceIn(row, 'bidPrice'),
        ask: priceIn(row, 'askPrice'),
      }) as ReferencePrice;
    },
    follow: (value) => (value === noPrice ? other : undefined),
  };
}

function termsCall(
  at: AdminPlace,
  book: Book,
  instrument: string,
  other?: VenueCall<ContractTerms>,
): VenueCall<ContractTerms> {
  const narrowed = book === spot ? `?symbol=${instrument}` : '';
  return {
    ...signed('GET', at, book, `${book.prefix}/exchangeInfo${narrowed}`),
    isPublic: true,
    read: (answer) => {
      const info = objectOf(answer);
      if (other !== undefined && textIn(info, 'code') === noSymbol) return noTerms;
      const row = rowsOf(info?.get('symbols'))?.find((entry) => textIn(entry, 'symbol') === instrument);
      const quote = idIn(row, 'quoteAsset');
      const multiplier = book === coinm ? unsignedIn(row, 'contractSize') : one;
      return quote === undefined || multiplier === undefined
        ? undefined
        : {
            multiplier,
            isInverse: book === coinm,
            quote,
            ...(book === spot ? { base: textIn(row, 'baseAsset') ?? '' } : {}),
          };
    },
    follow: (value) => (value === noTerms ? other : undefined),
  };
}
