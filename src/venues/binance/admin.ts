// The sidecar's own calls to Binance: spot, USDⓈ-M and COIN-M, also those of portfolio margin. What these do not reach (margin,
// options, order lists, algo and conditional orders) is not covered, so such orders are refused where a box must be able to stop them.
// Sources: binance-spot-api-docs rest-api.md and errors.md (2026-07-21); developers.binance.com USDⓈ-M and COIN-M Futures,
// "Current All Open Orders", "Query Order", "Position Information", "24hr Ticker Price Change Statistics", "Exchange Information".
import { formatDecimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type {
  AdminPlace,
  ContractTerms,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueCall,
  VenuePosition,
} from '../admin.js';
import { balancesOf } from '../balances.js';
import { isStrictObject, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  type CallParts,
  idIn,
  jsonOf,
  objectOf,
  one,
  ownRequest,
  priceIn,
  readAll,
  restingOrderOf,
  rowsOf,
  sideOf,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import {
  type Book,
  bookOfId,
  bookOfOperation,
  booksOf,
  coinm,
  idOf,
  isCoinMargined,
  numberOf,
  portfolioCoinm,
  portfolioUsdm,
  spot,
  usdm,
} from './books.js';
import { deadManMarket, setDeadMan } from './dead-man.js';
import { depthOf } from './depth.js';
import { equity } from './equity.js';
import { keyFacts, serverTime } from './key-facts.js';
import { askOrder, tradesQuery } from './order-state.js';
import { readParameters } from './parameters.js';
import { readPlaced } from './placed.js';

/** What places or amends exactly the orders that `openOrders` lists and `findOrder` finds. */
const covered: ReadonlySet<string> = new Set([
  'api/v3/order',
  'api/v3/order/cancelReplace',
  'api/v3/sor/order',
  'api/v3/order/amend/keepPriority',
  ...[usdm, coinm].flatMap(({ prefix }) => [`${prefix.slice(1)}/order`, `${prefix.slice(1)}/batchOrders`]),
  ...[portfolioUsdm, portfolioCoinm].map(({ prefix }) => `${prefix.slice(1)}/order`),
]);

// errors.md: -2013 no such order, -2011 cancel rejected (it is gone), -1121 no such symbol, -2015 no permission.
const goneCodes: ReadonlySet<string> = new Set(['-2011', '-2013']);
const noSymbol = '-1121';
const noPermission = '-2015';

export const admin: VenueAdmin = {
  covers: (operation) => covered.has(operation),
  keyFacts,
  serverTime,
  openOrders: (at, page) => {
    const books = booksOf(at.environment);
    const index = Math.max(
      0,
      books.findIndex(({ prefix }) => prefix === page),
    );
    const book = books[index] ?? spot;
    return {
      ...signed('GET', at, book, `${book.prefix}/openOrders`),
      read: (answer) => {
        const orders = isClosedTo(answer, book)
          ? []
          : readAll(rowsOf(jsonOf(answer)), (row) => restingOrder(row, book));
        const next = books[index + 1]?.prefix;
        return orders === undefined ? undefined : { orders, ...(next === undefined ? {} : { next }) };
      },
    };
  },
  cancelBatchSize: 1,
  cancelOrders: (at, [order]) => {
    const book = bookOfId(order?.venueOrderId ?? '');
    const query = `symbol=${order?.instrument ?? ''}&orderId=${numberOf(order?.venueOrderId ?? '')}`;
    return {
      ...signed('DELETE', at, book, `${book.prefix}/order?${query}`),
      read: (answer) => {
        const row = objectOf(answer);
        if (row === undefined) return undefined;
        const code = textIn(row, 'code');
        const isGone = code === undefined ? row.has('orderId') : goneCodes.has(code);
        return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
      },
    };
  },
  findOrder: (at, { instrument, operation, clientOrderId, venueOrderId }) => {
    const book = bookOfOperation(operation);
    const id =
      venueOrderId === undefined
        ? `origClientOrderId=${encodeURIComponent(clientOrderId ?? '')}`
        : `orderId=${numberOf(venueOrderId)}`;
    return askOrder({
      instrument,
      order: signed('GET', at, book, `${book.prefix}/order?symbol=${instrument}&${id}`),
      trades: (number) =>
        signed('GET', at, book, `${book.prefix}/${book.trades}?${tradesQuery(instrument, number)}`),
    });
  },
  deadManMarket,
  setDeadMan,
  positions: (at) => positionsOf(at, usdm, booksOf(at.environment).slice(2)),
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
  equity: (at) => equity(at, { spot, usdm, coinm, portfolio: portfolioUsdm }),
  contractTerms: (at, instrument) => {
    const [book, other] = booksOfSymbol(instrument);
    const next = other === undefined ? undefined : termsCall(at, other, instrument);
    return termsCall(at, book, instrument, next);
  },
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    if (
      request.method !== 'POST' ||
      !/^\/(?:api\/v3|[fd]api\/v1|papi\/v1\/[uc]m)\/order(?:\/cancelReplace)?$/.test(request.path)
    )
      return undefined;
    const parameters = readParameters(request);
    if (!parameters.ok || parameters.fields.has('newClientOrderId')) return undefined;
    return appendParameter(request, `newClientOrderId=${makeId()}`);
  },
};

/** Spot and USDⓈ-M share spellings; where both list a pair, spot's price stands for both. */
function booksOfSymbol(instrument: string): readonly [Book, Book?] {
  if (isCoinMargined(instrument)) return [coinm];
  return /_\d{6}$/.test(instrument) ? [usdm] : [spot, usdm];
}

function appendParameter(request: HttpRequest, pair: string): HttpRequest {
  if (request.body.length > 0)
    return { ...request, body: Buffer.concat([request.body, Buffer.from(`&${pair}`)]) };
  return { ...request, query: request.query === '' ? pair : `${request.query}&${pair}` };
}

function signed(method: string, at: AdminPlace, book: Book, target: string): CallParts {
  return { request: ownRequest(method, book.hosts[at.environment], target), isPublic: false };
}

/** A key without the right to a book of derivatives has no orders there. Spot is asked first and proves the key. */
function isClosedTo(answer: VenueAnswer, book: Book): boolean {
  return book !== spot && textIn(objectOf(answer), 'code') === noPermission;
}

function restingOrder(row: StrictObject, book: Book): RestingOrder | undefined {
  const number = idIn(row, 'orderId');
  return restingOrderOf({
    instrument: idIn(row, 'symbol'),
    venueOrderId: number === undefined ? undefined : idOf(book, number),
    kind: 'plain',
    side: sideOf(textIn(row, 'side')?.toLowerCase()),
    clientOrderId: idIn(row, 'clientOrderId'),
  });
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
