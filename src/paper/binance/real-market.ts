// Binance market data, spot and USDⓈ-M futures, as a rehearsal at live prices asks for it.
// Source: binance-spot-api-docs rest-api.md, "Market Data endpoints"; developers.binance.com, USDⓈ-M Futures, "Market Data".
import { type HttpRequest, jsonAnswer } from '../../core/http.js';
import type { MarketSpeech, TickerLook } from '../dialect.js';
import type { Instrument } from '../engine/instruments.js';
import { formFields } from '../fields.js';
import {
  amountOf,
  bookOf,
  jsonOf,
  levelOf,
  memberOf,
  parametersOf,
  textOf,
  tickersOf,
} from '../market-reading.js';
import { batchOf, perpetuals, symbols } from './call.js';

/** Levels of a book that are asked for: weight 5 at both. */
const depth = 100;
const spot = { host: 'api.binance.com', listed: symbols, prefix: '/api/v3/', prices: '/api/v3/ticker/price' };
const futures = {
  host: 'fapi.binance.com',
  listed: perpetuals,
  prefix: '/fapi/v1/',
  prices: '/fapi/v2/ticker/price',
};
type Family = typeof spot;

const names =
  'ping|time|exchangeInfo|depth|trades|historicalTrades|aggTrades|klines|uiKlines|avgPrice|ticker(?:/\\w+)?';
const futuresNames =
  'continuousKlines|indexPriceKlines|markPriceKlines|premiumIndex(?:Klines)?|fundingRate|fundingInfo|openInterest';
const marketData = new RegExp(`^/(?:api/v3/(?:${names})|fapi/v[12]/(?:${names}|${futuresNames}))$`);

/** Books of the venue that are not rehearsed. */
const closed = /^\/[dp]api\//;

export const binanceMarket: MarketSpeech = {
  isMarketData: ({ method, path }) => method === 'GET' && marketData.test(path),
  needsPrices: ({ method }) => method === 'POST' || method === 'PUT',
  explainRefused: ({ method, path }) => {
    if (familyAt(path) !== undefined) return undefined;
    // A key without the right to them: positions and orders are asked for there, too, and there are none. errors.md, -2015.
    if (method === 'GET' && closed.test(path))
      return jsonAnswer(401, { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' });
    return jsonAnswer(400, { code: -1020, msg: 'This operation is not supported.' });
  },
  hasOwnSteps: true,
  tickers: [lookAt(spot), lookAt(futures)],
  named(request) {
    const family = familyAt(request.path);
    const entries = () => [formFields(request), ...batchOf(formFields(request).text('batchOrders') ?? '[]')];
    return [
      ...new Set(parametersOf(entries, 'symbol').flatMap((symbol) => family?.listed.find(symbol) ?? [])),
    ];
  },
  book: (instrument) => {
    const { host, prefix, listed } = familyOf(instrument);
    return { host, path: `${prefix}depth`, query: `symbol=${listed.spell(instrument)}&limit=${depth}` };
  },
  readBook: (body, instrument) => bookOf(jsonOf(body), ['bids', 'asks'], instrument),
  // errors.md, -1008 SERVER_BUSY. A plain no: a 5xx would leave open what became of an order.
  unavailable: jsonAnswer(400, {
    code: -1008,
    msg: 'Server is currently overloaded with other requests. Please try again in a few minutes.',
  }),
};

function familyAt(path: HttpRequest['path']): Family | undefined {
  if (/^\/(?:api|sapi)\//.test(path)) return spot;
  return path.startsWith('/fapi/') ? futures : undefined;
}

const familyOf = ({ kind }: Instrument): Family => (kind === 'spot' ? spot : futures);

/** The best of each book, and the last price, which Binance tells apart. */
function lookAt({ host, prefix, prices, listed }: Family): TickerLook {
  return {
    targets: [`${prefix}ticker/bookTicker`, prices].map((path) => ({ host, path, query: '' })),
    read: (bodies) => {
      const [books, lasts] = bodies.map(jsonOf);
      if (!Array.isArray(books) || !Array.isArray(lasts)) return undefined;
      const lastOf = new Map(lasts.map((row) => [textOf(row, 'symbol'), amountOf(row, 'price')]));
      return books.flatMap((row) => {
        const symbol = textOf(row, 'symbol');
        const instrument = symbol === undefined ? undefined : listed.find(symbol);
        const last = lastOf.get(symbol);
        const bid = levelOf([memberOf(row, 'bidPrice'), memberOf(row, 'bidQty')]);
        const ask = levelOf([memberOf(row, 'askPrice'), memberOf(row, 'askQty')]);
        return tickersOf(instrument, last, [bid, ask]);
      });
    },
  };
}
