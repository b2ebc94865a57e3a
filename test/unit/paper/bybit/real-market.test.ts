import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { bybitMarket as market } from '../../../../src/paper/bybit/real-market.js';
import type { MarketTarget } from '../../../../src/paper/dialect.js';
import { findInstrument, type Instrument } from '../../../../src/paper/engine/instruments.js';
import { createPaperExchange } from '../../../../src/paper/exchange.js';
import { requestOf } from '../../../support/venue-requests.js';

const json = [['content-type', 'application/json']] as const;
const get = (path: string) => requestOf('GET', `https://api.bybit.com${path}`);
const post = (path: string, body: object = {}) =>
  requestOf('POST', `https://api.bybit.com${path}`, json, JSON.stringify(body));
const spot = findInstrument('BTC-USDT') as Instrument;
const swap = findInstrument('BTC-USDT-SWAP') as Instrument;

test('market data is what is public and only read; what may be filled waits for prices', () => {
  expect(market.isMarketData(get('/v5/market/orderbook'))).toBe(true);
  expect(market.isMarketData(get('/v5/account/wallet-balance'))).toBe(false);
  expect(market.isMarketData({ ...get('/'), path: '/v5/market/../order/realtime' })).toBe(false);
  expect(market.isMarketData(post('/v5/market/tickers'))).toBe(false);
  for (const name of ['create', 'amend', 'create-batch'])
    expect(market.needsPrices(post(`/v5/order/${name}`))).toBe(true);
  for (const name of ['cancel', 'cancel-all'])
    expect(market.needsPrices(post(`/v5/order/${name}`))).toBe(false);
  expect(market.needsPrices(get('/v5/order/realtime'))).toBe(false);
});

test('an order is of its category', () => {
  const named = (body: object) => market.named(post('/v5/order/create', body));
  expect(named({ category: 'spot', symbol: 'BTCUSDT' })).toEqual([spot]);
  expect(named({ category: 'linear', symbol: 'BTCUSDT' })).toEqual([swap]);
  const [first, second] = [{ symbol: 'BTCUSDT' }, { symbol: 'ETHUSDT' }];
  const batch = named({ category: 'linear', request: [first, second, first, { symbol: [] }] });
  expect(batch.map(({ symbol }) => symbol)).toEqual(['BTC-USDT-SWAP', 'ETH-USDT-SWAP']);
  expect([named({ category: 'inverse', symbol: 'BTCUSD' }), named({ symbol: 'BTCUSDT' }), named([])]).toEqual(
    [[], [], []],
  );
});

test('tickers and books are read as the venue words them, contracts counted as the engine does, and nothing else is', () => {
  const venue = createPaperExchange({ seed: 's', credentials: [], clock: systemClock });
  const ask = ({ path, query }: MarketTarget) => venue.handle({ ...get('/'), path, query }).body;
  const told = market.tickers.flatMap(({ targets, read }) => read(targets.map(ask)) ?? []);
  expect(told.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(['BTC-USDT', 'BTC-USDT-SWAP']));
  for (const instrument of [spot, swap]) {
    const body = ask(market.book(instrument));
    const book = market.readBook(body, instrument);
    const [, size = ''] = JSON.parse(body.toString()).result.a[0];
    const unit = instrument === swap ? 100 : 1;
    expect(Number(formatDecimal(book?.asks[0]?.size ?? (told[0]?.last as never)))).toBeCloseTo(
      Number(size) * unit,
      6,
    );
  }
  for (const answer of ['', '<html>', '{"retCode":10006,"retMsg":"Too many","result":{}}', '[]']) {
    const bytes = Buffer.from(answer);
    expect([market.tickers[0]?.read([bytes]), market.readBook(bytes, spot)], answer).toEqual([
      undefined,
      undefined,
    ]);
  }
});
