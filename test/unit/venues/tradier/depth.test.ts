import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { take } from '../../../../src/guard/book.js';
import { orderBook, priceRange } from '../../../../src/venues/tradier/depth.js';
import { ownRequest } from '../../../../src/venues/venue-answers.js';

const call = (target: string) => ({ request: ownRequest('GET', 'tradier.test', target), isPublic: false });
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const quote = { symbol: 'F', type: 'stock', bid: 9.98, bidsize: 12, ask: 10.02, asksize: 3 };

test('the best quote is a book of one level, as deep as it says and no deeper', () => {
  const book = orderBook(call, 'F').read(said({ quotes: { quote } }));
  expect(book?.bids.map(({ price, size }) => [price, size].map(formatDecimal))).toEqual([['9.98', '12']]);
  const bought = (quantity: string) => take(book?.asks ?? [], decimal(quantity), false).average;
  expect(formatDecimal(bought('3') ?? decimal('0'))).toBe('10.02');
  expect(bought('4')).toBeUndefined();
});

test.each([
  ['another symbol', { quotes: { quote: { ...quote, symbol: 'AAPL' } } }],
  ['a side without a price', { quotes: { quote: { ...quote, bid: null } } }],
  ['a side without a size', { quotes: { quote: { ...quote, asksize: undefined } } }],
  ['a price of nothing', { quotes: { quote: { ...quote, bid: 0, bidsize: 0 } } }],
  ['a crossed quote', { quotes: { quote: { ...quote, bid: 10.03 } } }],
])('%s is no book', (_name, body) => {
  expect(orderBook(call, 'F').read(said(body))).toBeUndefined();
});

test('bars are asked for from the window’s first minute on, by New York’s clock', () => {
  const fromMs = Date.UTC(2026, 6, 20, 13, 30); // 9:30 in summer
  const range = priceRange(call, 'F', { fromMs, toMs: fromMs + 600_000 });
  expect(range.request).toMatchObject({ path: '/v1/markets/timesales' });
  const query = new URLSearchParams(range.request.query);
  expect([query.get('interval'), query.get('start')]).toEqual(['1min', '2026-07-20 09:29']);
  const winter = priceRange(call, 'F', { fromMs: Date.UTC(2026, 11, 1, 5, 1), toMs: 0 }).request.query;
  expect(new URLSearchParams(winter).get('start')).toBe('2026-12-01 00:00');
});

test('the range is of the bars in the window; one bar is no list, and none is no range', () => {
  const fromMs = Date.UTC(2026, 10, 20, 15);
  const range = priceRange(call, 'F', { fromMs, toMs: fromMs + 600_000 });
  const bar = (minute: number, high: number, low: number) => ({
    time: '2026-11-20T10:00:00',
    timestamp: fromMs / 1000 + minute * 60,
    high,
    low,
  });
  const both = (data: unknown) => {
    const told = range.read(said({ series: { data } }));
    return told && [told.low, told.high].map(formatDecimal);
  };
  expect(both([bar(-5, 99, 1), bar(1, 10.1, 9.9), bar(2, 10.3, 10)])).toEqual(['9.9', '10.3']);
  expect(both(bar(1, 10.1, 9.9))).toEqual(['9.9', '10.1']);
  expect(both([bar(-5, 99, 1)])).toBeUndefined();
  expect(both([bar(1, 10.1, 9.9), { ...bar(2, 1, 1), high: 'NaN' }])).toBeUndefined();
  expect(range.read(said({ series: null }))).toBeUndefined();
});
