import { expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { findInstrument, type Instrument } from '../../../../src/paper/engine/instruments.js';
import { createPaperExchange } from '../../../../src/paper/exchange.js';
import { okxMarket } from '../../../../src/paper/okx/real-market.js';

const request = (method: string, path: string, body = '', query = '') => ({
  method,
  host: 'www.okx.com',
  port: 443,
  path: `/api/v5/${path}`,
  query,
  headers: [['content-type', 'application/json']] as const,
  body: Buffer.from(body),
});

test('market data is what is public and only read', () => {
  expect(okxMarket.isMarketData(request('GET', 'market/ticker'))).toBe(true);
  expect(okxMarket.isMarketData(request('GET', 'public/instruments'))).toBe(true);
  expect(okxMarket.isMarketData(request('POST', 'market/ticker'))).toBe(false);
  expect(okxMarket.isMarketData(request('GET', 'account/balance'))).toBe(false);
  expect(okxMarket.isMarketData(request('GET', 'trade/orders-pending'))).toBe(false);
  expect(okxMarket.isMarketData({ ...request('GET', ''), path: '/x/api/v5/market/ticker' })).toBe(false);
});

test('what may be filled waits for prices; a cancel never does', () => {
  for (const name of ['order', 'batch-orders', 'amend-order', 'close-position'])
    expect(okxMarket.needsPrices(request('POST', `trade/${name}`)), name).toBe(true);
  for (const name of ['cancel-order', 'cancel-batch-orders', 'cancel-all-after'])
    expect(okxMarket.needsPrices(request('POST', `trade/${name}`)), name).toBe(false);
  expect(okxMarket.needsPrices(request('GET', 'account/balance'))).toBe(false);
});

test('an instrument by number is refused: the engine counts otherwise than the venue', () => {
  expect(
    okxMarket.explainRefused(request('POST', 'trade/order', '{"instIdCode":7}'))?.body.toString(),
  ).toContain('51000');
  expect(okxMarket.explainRefused(request('POST', 'trade/order', '{"instId":"BTC-USDT"}'))).toBeUndefined();
});

test('tickers and books are read as the venue words them, and nothing else is', () => {
  const venue = createPaperExchange({ seed: 's', credentials: [], clock: systemClock });
  const ask = ({ path, query }: { path: string; query: string }) =>
    venue.handle({ ...request('GET', ''), path, query }).body;
  const told = okxMarket.tickers.flatMap(({ targets, read }) => read(targets.map(ask)) ?? []);
  expect(told.map(({ symbol }) => symbol)).toEqual(expect.arrayContaining(['BTC-USDT', 'BTC-USDT-SWAP']));
  const btc = told.find(({ symbol }) => symbol === 'BTC-USDT');
  expect(btc?.bids[0]?.price.lt(btc.asks[0]?.price ?? 0)).toBe(true);
  const btcSpot = findInstrument('BTC-USDT') as Instrument;
  const book = okxMarket.readBook(ask(okxMarket.book(btcSpot)), btcSpot);
  const named = okxMarket.named(request('POST', 'trade/order', '{"instId":"BTC-USDT"}'));
  expect(named).toEqual([btcSpot]);
  expect(book?.asks.length).toBe(100);
  expect(formatDecimal(book?.asks[0]?.size ?? (btc?.last as never))).toMatch(/^\d/);
  for (const answer of ['', '<html>', '{"code":"50011","data":[]}', '{"code":"0"}', '[]'])
    expect([
      okxMarket.tickers[0]?.read([Buffer.from(answer)]),
      okxMarket.readBook(Buffer.from(answer), btcSpot),
    ]).toEqual([undefined, undefined]);
  const empty = Buffer.from('{"code":"0","data":[{"asks":[],"bids":[]}]}');
  expect(okxMarket.readBook(empty, btcSpot)).toBeUndefined();
});
