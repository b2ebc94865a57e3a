// OKX v5 market data as a rehearsal at live prices asks for it: tickers, books, and which requests are market data and nothing else.
// Source: OKX v5 reference, Market Data; okx CLI 1.2.4.
import { parseUnsigned } from '../../core/decimal.js';
import { headerOf, jsonAnswer } from '../../core/http.js';
import { isStrictObject, parseStrictJson, type StrictJson } from '../../venues/json-strict.js';
import type { MarketSpeech } from '../dialect.js';
import type { Level } from '../engine/book.js';

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
    path: `${prefix}market/tickers`,
    query: `instType=${type}`,
  })),
  readTickers(body) {
    const rows = rowsOf(body);
    return rows?.flatMap((row) => {
      const bid = levelOf([textOf(row, 'bidPx'), textOf(row, 'bidSz')]);
      const ask = levelOf([textOf(row, 'askPx'), textOf(row, 'askSz')]);
      const last = parseUnsigned(textOf(row, 'last') ?? '');
      const symbol = textOf(row, 'instId');
      if (symbol === undefined || last === undefined || bid === undefined || ask === undefined) return [];
      return [{ symbol, last, bids: [bid], asks: [ask] }];
    });
  },
  book: ({ symbol }) => ({
    path: `${prefix}market/books`,
    query: `instId=${symbol}&sz=${depth}`,
  }),
  readBook(body) {
    const [row] = rowsOf(body) ?? [];
    const bids = levelsOf(row, 'bids');
    const asks = levelsOf(row, 'asks');
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
function rowsOf(body: Buffer): readonly StrictJson[] | undefined {
  const parsed = parseStrictJson(body);
  if (!parsed.ok || !isStrictObject(parsed.value) || parsed.value.get('code') !== '0') return undefined;
  const data = parsed.value.get('data');
  return Array.isArray(data) ? data : undefined;
}

function textOf(row: StrictJson | undefined, name: string): string | undefined {
  const value = isStrictObject(row) ? row.get(name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function levelsOf(row: StrictJson | undefined, name: string): readonly Level[] | undefined {
  const list = isStrictObject(row) ? row.get(name) : undefined;
  if (!Array.isArray(list)) return undefined;
  const levels = list.flatMap((entry: StrictJson) => (Array.isArray(entry) ? (levelOf(entry) ?? []) : []));
  return levels.length === 0 ? undefined : levels;
}

function levelOf([px, sz]: readonly (StrictJson | undefined)[]): Level | undefined {
  const price = typeof px === 'string' ? parseUnsigned(px) : undefined;
  const size = typeof sz === 'string' ? parseUnsigned(sz) : undefined;
  return price === undefined || size === undefined ? undefined : { price, size };
}
