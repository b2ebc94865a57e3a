// OKX v5 market data as a rehearsal at live prices asks for it: tickers, books, and which requests are market data and nothing else.
// Source: OKX v5 reference, Market Data; okx CLI 1.2.4.
import { headerOf, jsonAnswer } from '../../core/http.js';
import type { StrictJson } from '../../venues/json-strict.js';
import type { MarketSpeech } from '../dialect.js';
import { instruments } from '../engine/instruments.js';
import { amountOf, jsonOf, levelOf, levelsOf, memberOf, textOf } from '../market-reading.js';

const prefix = '/api/v5/';
/** Levels of a book that are asked for; an order larger than these is filled as far as they go. */
const depth = 100;

export const okxMarket: MarketSpeech = {
  isMarketData: ({ method, path }) => method === 'GET' && /^\/api\/v5\/(?:market|public)\//.test(path),
  needsPrices: ({ method, path }) => method === 'POST' && !path.includes('cancel'),
  explainRefused(request) {
    // The engine's own numbers for instruments are not the venue's, whose list the client has read.
    const isJson = /json/i.test(headerOf(request.headers, 'content-type') ?? '');
    const isNumbered =
      request.query.includes('instIdCode') || (isJson && request.body.includes('instIdCode'));
    return isNumbered
      ? jsonAnswer(200, { code: '51000', data: [], msg: 'Parameter instIdCode error: name the instId' })
      : undefined;
  },
  tickers: ['SPOT', 'SWAP'].map((type) => ({
    targets: [{ path: `${prefix}market/tickers`, query: `instType=${type}` }],
    read: ([body]) =>
      rowsOf(body)?.flatMap((row) => {
        const bid = levelOf([textOf(row, 'bidPx'), textOf(row, 'bidSz')]);
        const ask = levelOf([textOf(row, 'askPx'), textOf(row, 'askSz')]);
        const last = amountOf(row, 'last');
        const symbol = textOf(row, 'instId');
        if (symbol === undefined || last === undefined || bid === undefined || ask === undefined) return [];
        return [{ symbol, last, bids: [bid], asks: [ask] }];
      }),
  })),
  named: ({ body }) => instruments.filter(({ symbol }) => body.includes(`"${symbol}"`)),
  book: ({ symbol }) => ({
    path: `${prefix}market/books`,
    query: `instId=${symbol}&sz=${depth}`,
  }),
  readBook(body) {
    const [row] = rowsOf(body) ?? [];
    const bids = levelsOf(memberOf(row, 'bids'));
    const asks = levelsOf(memberOf(row, 'asks'));
    return bids === undefined || asks === undefined ? undefined : { bids, asks };
  },
  // A plain no: a 5xx would leave open what became of an order.
  unavailable: jsonAnswer(200, {
    code: '50001',
    data: [],
    msg: 'Service temporarily unavailable. Try again later.',
  }),
};

/** `data` of an answer that says it went well; undefined for any other. */
function rowsOf(body: Buffer | undefined): readonly StrictJson[] | undefined {
  const told = body === undefined ? undefined : jsonOf(body);
  const data = memberOf(told, 'data');
  return textOf(told, 'code') === '0' && Array.isArray(data) ? data : undefined;
}
