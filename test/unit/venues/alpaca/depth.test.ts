import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { orderBook, priceRange } from '../../../../src/venues/alpaca/depth.js';
import { ownRequest } from '../../../../src/venues/venue-answers.js';

const call = (target: string) => ({ request: ownRequest('GET', 'alpaca.test', target), isPublic: false });
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const latestQuote = { ap: 101, as: 3, bp: 99.5, bs: 2, t: '2026-11-20T14:30:00Z' };

test('of shares and options the best quote is a book of one level', () => {
  const share = orderBook(call, 'AAPL').read(said({ latestQuote }));
  expect(share?.asks.map(({ price, size }) => [price, size].map(formatDecimal))).toEqual([['101', '3']]);
  const name = 'AAPL250117C00150000';
  const option = orderBook(call, name).read(said({ snapshots: { [name]: { latestQuote } } }));
  expect(option?.bids.map(({ price }) => formatDecimal(price))).toEqual(['99.5']);
  expect(orderBook(call, 'AAPL').read(said({ latestTrade: {} }))).toBeUndefined();
});

test('bars of shares come from the feed that every plan has; pairs are public', () => {
  const window = { fromMs: Date.UTC(2026, 10, 20, 14), toMs: Date.UTC(2026, 10, 20, 14, 10) };
  const range = priceRange(call, 'AAPL', window);
  expect(range).toMatchObject({ isPublic: false, request: { path: '/v2/stocks/AAPL/bars' } });
  expect(range.request.query).toContain('feed=iex');
  const bar = { t: '2026-11-20T14:05:00Z', o: 10, h: 12, l: 9, c: 10, v: 1 };
  const told = range.read(said({ bars: [bar], symbol: 'AAPL', next_page_token: null }));
  expect(told && [told.low, told.high].map(formatDecimal)).toEqual(['9', '12']);
  const pair = priceRange(call, 'BTC/USD', window);
  expect(pair.isPublic).toBe(true);
  expect(pair.read(said({ bars: { 'BTC/USD': [bar] } }))).toBeDefined();
  expect(pair.read(said({ bars: { 'ETH/USD': [bar] } }))).toBeUndefined();
});
