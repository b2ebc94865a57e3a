import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { binanceMarket as market } from '../../../../src/paper/binance/real-market.js';
import type { MarketTarget } from '../../../../src/paper/dialect.js';
import { findInstrument, type Instrument } from '../../../../src/paper/engine/instruments.js';
import { createPaperExchange } from '../../../../src/paper/exchange.js';
import { requestOf } from '../../../support/venue-requests.js';

const form = [['content-type', 'application/x-www-form-urlencoded']] as const;
const get = (path: string) => requestOf('GET', `https://api.binance.com${path}`);
const post = (path: string, body: string) => requestOf('POST', `https://api.binance.com${path}`, form, body);
const spot = findInstrument('BTC-USDT') as Instrument;
const swap = findInstrument('BTC-USDT-SWAP') as Instrument;

test('market data is what is public and only read', () => {
  const open = [
    '/api/v3/depth',
    '/api/v3/ticker',
    '/api/v3/ticker/24hr',
    '/api/v3/time',
    '/fapi/v1/klines',
    '/fapi/v2/ticker/price',
  ];
  for (const path of open) expect(market.isMarketData(get(path)), path).toBe(true);
  const closed = [
    '/api/v3/account',
    '/api/v3/order',
    '/fapi/v2/balance',
    '/api/v3/ticker/../account',
    '/sapi/v1/capital/config/getall',
  ];
  for (const path of closed) expect(market.isMarketData({ ...get('/'), path }), path).toBe(false);
  expect(market.isMarketData(post('/api/v3/depth', ''))).toBe(false);
});

test('what may be filled waits for prices; a cancel never does', () => {
  expect(market.needsPrices(post('/api/v3/order', ''))).toBe(true);
  expect(market.needsPrices({ ...get('/fapi/v1/order'), method: 'PUT' })).toBe(true);
  expect(market.needsPrices({ ...get('/api/v3/order'), method: 'DELETE' })).toBe(false);
  expect(market.needsPrices(get('/api/v3/account'))).toBe(false);
});

test('a pair and its perpetual share a spelling and are told apart by where they trade', () => {
  expect(market.named(post('/api/v3/order', 'symbol=BTCUSDT'))).toEqual([spot]);
  expect(market.named(post('/fapi/v1/order', 'symbol=BTCUSDT'))).toEqual([swap]);
  expect(market.named(post('/fapi/v1/order', 'symbol=NEWUSDT'))).toEqual([]);
  expect(market.named(post('/fapi/v1/order', 'symbol=%'))).toEqual([]);
  const batch = JSON.stringify([{ symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }, { symbol: 'BTCUSDT' }]);
  const list = `batchOrders=${encodeURIComponent(batch)}`;
  const named = market.named(post('/fapi/v1/batchOrders', list)).map(({ symbol }) => symbol);
  expect(named).toEqual(['BTC-USDT-SWAP', 'ETH-USDT-SWAP']);
  expect(market.named(post('/fapi/v1/batchOrders', 'batchOrders=x'))).toEqual([]);
  for (const path of ['/dapi/v1/order', '/papi/v1/um/order', '/eapi/v1/order'])
    expect(market.explainRefused(post(path, ''))?.status, path).toBe(400);
  // The sidecar asks every book for positions and orders: a key without the right to one has none there.
  for (const path of ['/dapi/v1/positionRisk', '/papi/v1/um/openOrders'])
    expect(market.explainRefused({ ...post(path, ''), method: 'GET' })?.body.toString(), path).toContain(
      '-2015',
    );
  expect(market.explainRefused(post('/fapi/v1/order', ''))).toBeUndefined();
});

test('tickers and books are read as the venue words them, futures counted in contracts, and nothing else is', () => {
  const venue = createPaperExchange({ seed: 's', credentials: [], clock: systemClock });
  const ask = ({ host = '', path, query }: MarketTarget) =>
    venue.handle({ ...get('/'), host, path, query }).body;
  const told = market.tickers.flatMap(({ targets, read }) => read(targets.map(ask)) ?? []);
  expect(told.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(['BTC-USDT', 'BTC-USDT-SWAP']));
  for (const instrument of [spot, swap]) {
    const body = ask(market.book(instrument));
    const book = market.readBook(body, instrument);
    expect(book?.asks.length).toBe(100);
    const [, size = ''] = JSON.parse(body.toString()).asks[0];
    const unit = instrument === swap ? 100 : 1;
    expect(Number(formatDecimal(book?.asks[0]?.size ?? (told[0]?.last as never)))).toBeCloseTo(
      Number(size) * unit,
      6,
    );
  }
  for (const answer of ['', '<html>', '{"code":-1003}', '{"bids":[],"asks":[]}', '"x"']) {
    const bytes = Buffer.from(answer);
    expect([market.tickers[0]?.read([bytes, bytes]), market.readBook(bytes, spot)], answer).toEqual([
      undefined,
      undefined,
    ]);
  }
});
