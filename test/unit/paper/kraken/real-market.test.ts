import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import type { MarketTarget } from '../../../../src/paper/dialect.js';
import { findInstrument, type Instrument } from '../../../../src/paper/engine/instruments.js';
import { createPaperExchange } from '../../../../src/paper/exchange.js';
import { krakenMarket as market } from '../../../../src/paper/kraken/real-market.js';
import { requestOf } from '../../../support/venue-requests.js';

const get = (path: string) => requestOf('GET', `https://api.kraken.com${path}`);
const post = (path: string, body = '', type = 'application/x-www-form-urlencoded') =>
  requestOf('POST', `https://api.kraken.com${path}`, [['content-type', type]], body);
const spot = findInstrument('BTC-USDT') as Instrument;

test('market data is what is public and only read; what may be filled waits for prices', () => {
  expect(market.isMarketData(get('/0/public/Depth'))).toBe(true);
  expect(market.isMarketData({ ...get('/'), path: '/0/public/../private/Balance' })).toBe(false);
  expect(market.isMarketData(post('/0/public/Depth'))).toBe(false);
  for (const name of ['AddOrder', 'AddOrderBatch', 'EditOrder', 'AmendOrder'])
    expect(market.needsPrices(post(`/0/private/${name}`)), name).toBe(true);
  for (const name of ['CancelOrder', 'Balance'])
    expect(market.needsPrices(post(`/0/private/${name}`)), name).toBe(false);
});

test('an order names its pair in any of its spellings, in a form or in JSON', () => {
  expect(market.named(post('/0/private/AddOrder', 'pair=XBTUSDT'))).toEqual([spot]);
  expect(market.named(post('/0/private/AddOrder', '{"pair":"BTC/USDT"}', 'application/json'))).toEqual([
    spot,
  ]);
  expect(market.named(post('/0/private/AddOrder', 'pair=NEWUSD'))).toEqual([]);
  expect(market.named(post('/0/private/AddOrder', '{', 'application/json'))).toEqual([]);
});

test('tickers and books are read as the venue words them, and nothing else is', () => {
  const venue = createPaperExchange({ seed: 's', credentials: [], clock: systemClock });
  const ask = ({ path, query }: MarketTarget) => venue.handle({ ...get('/'), path, query }).body;
  const told = market.tickers.flatMap(({ targets, read }) => read(targets.map(ask)) ?? []);
  expect(told.map(({ symbol }) => symbol)).toContain('BTC-USDT');
  const book = market.readBook(ask(market.book(spot)), spot);
  expect(book?.asks.length).toBeGreaterThan(50);
  for (const answer of ['', '<html>', '{"error":["EService:Busy"]}', '{"error":[],"result":{}}', '[]']) {
    const bytes = Buffer.from(answer);
    expect(market.readBook(bytes, spot), answer).toBeUndefined();
    expect(market.tickers[0]?.read([bytes]) ?? [], answer).toEqual([]);
  }
  expect(market.tickers[0]?.read([Buffer.from('{"error":["EService:Busy"]}')])).toBeUndefined();
});
