import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { orderBook, priceRange } from '../../../../src/venues/kraken/depth.js';
import { ownRequest } from '../../../../src/venues/venue-answers.js';

const call = (target: string) => ({
  request: ownRequest('GET', 'kraken.test', `/${target}`),
  isPublic: true,
});
const said = (result: unknown, error: string[] = []) => ({
  status: 200,
  body: Buffer.from(JSON.stringify({ error, result })),
});

test('a book stands below the name of its pair, with the time of each level', () => {
  const told = { XXBTZUSD: { asks: [['101.0', '1.5', 1]], bids: [['99.0', '2', 1]] } };
  const book = orderBook(call, 'XBTUSD').read(said(told));
  expect(book?.asks.map(({ size }) => formatDecimal(size))).toEqual(['1.5']);
  expect(orderBook(call, 'XBTUSD').read(said(told, ['EQuery:Unknown asset pair']))).toBeUndefined();
});

test('bars stand beside `last`, and are asked for since the window began', () => {
  const range = priceRange(call, 'XBTUSD', { fromMs: 600_000, toMs: 1_200_000 });
  expect(range.request.query).toBe('pair=XBTUSD&interval=1&since=540');
  const bars = [[660, '10', '12', '9', '10', '10', '5', 3]];
  const told = range.read(said({ last: 660, XXBTZUSD: bars }));
  expect(told && [told.low, told.high].map(formatDecimal)).toEqual(['9', '12']);
  expect(range.read(said({ last: 660 }))).toBeUndefined();
});
