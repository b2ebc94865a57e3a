import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { orderBook, priceRange } from '../../../../src/venues/coinbase/depth.js';
import { ownRequest } from '../../../../src/venues/venue-answers.js';

const call = (target: string) => ({
  request: ownRequest('GET', 'coinbase.test', `/${target}`),
  isPublic: true,
});
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('a book of objects; without one nothing', () => {
  const pricebook = {
    product_id: 'X',
    bids: [{ price: '99', size: '1' }],
    asks: [{ price: '101', size: '2' }],
  };
  const book = orderBook(call, 'X').read(said({ pricebook, last: '100' }));
  expect(book?.asks.map(({ size }) => formatDecimal(size))).toEqual(['2']);
  expect(orderBook(call, 'X').read(said({ error: 'NOT_FOUND' }))).toBeUndefined();
});

test('bars of the window, in seconds', () => {
  const range = priceRange(call, 'X', { fromMs: 600_500, toMs: 1_200_500 });
  expect(range.request.query).toBe('start=600&end=1200&granularity=ONE_MINUTE&limit=350');
  const bar = { start: '660', low: '9', high: '12', open: '10', close: '10', volume: '1' };
  const told = range.read(said({ candles: [bar] }));
  expect(told && [told.low, told.high].map(formatDecimal)).toEqual(['9', '12']);
});
