import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { take } from '../../../../src/guard/book.js';
import { bookIn, priceRange } from '../../../../src/venues/ibkr/depth.js';
import { objectOf, ownRequest } from '../../../../src/venues/venue-answers.js';

const get = (target: string) => ({ request: ownRequest('GET', 'ibkr.test', `/${target}`), isPublic: false });
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const row = { 84: '149.98', 88: '1,300', 86: '150.02', 85: '4', 6509: 'RpB' };
const bookOfRow = (more: object = {}) => {
  const told = objectOf(said({ ...row, ...more }));
  return told && bookIn(told);
};

test('a snapshot is a book of one level, as deep as it says and no deeper', () => {
  const book = bookOfRow();
  expect(book?.bids.map(({ price, size }) => [price, size].map(formatDecimal))).toEqual([['149.98', '1300']]);
  const bought = (quantity: string) => take(book?.asks ?? [], decimal(quantity), false).average;
  expect(formatDecimal(bought('4') ?? decimal('0'))).toBe('150.02');
  expect(bought('5')).toBeUndefined();
});

test.each([
  ['delayed prices', { 6509: 'DpB' }],
  ['frozen prices', { 6509: 'Z' }],
  ['prices of nobody knows when', { 6509: undefined }],
  ['a side without a price', { 84: undefined }],
  ['a side without a size', { 85: undefined }],
  ['a price that is none', { 86: 'C150.02' }],
  ['a size in words', { 85: '1.3K' }],
  ['a size with a comma where none belongs', { 85: '1,3' }],
  ['a crossed quote', { 84: '150.03' }],
])('%s: no book', (_name, more) => {
  expect(bookOfRow(more)).toBeUndefined();
});

test.each([
  [10, '11min'],
  [29, '30min'],
  [30, '1h'],
  [60, '2h'],
  [240, '5h'],
])('a window of %d minutes is asked for as %s', (minutes, period) => {
  const { request } = priceRange(get, '265598', { fromMs: 0, toMs: minutes * 60_000 });
  expect(request.path).toBe('/iserver/marketdata/history');
  expect(request.query).toBe(`conid=265598&period=${period}&bar=1min&outsideRth=true`);
});

test('the range is of timely bars in the window', () => {
  const fromMs = Date.UTC(2026, 10, 20, 15);
  const call = priceRange(get, '265598', { fromMs, toMs: fromMs + 600_000 });
  const bar = (minute: number, h: number, l: number) => ({ t: fromMs + minute * 60_000, o: l, c: h, h, l });
  const range = (data: unknown, mdAvailability?: string) => {
    const told = call.read(said({ mdAvailability, data }));
    return told && [told.low, told.high].map(formatDecimal);
  };
  expect(range([bar(-5, 999, 1), bar(1, 151, 149.5), bar(2, 152, 150)], 'S')).toEqual(['149.5', '152']);
  expect(range([bar(-5, 999, 1)], 'S')).toBeUndefined();
  expect(range([bar(1, 151, 149.5)], 'D')).toBeUndefined();
  expect(range([bar(1, 151, 149.5)])).toBeUndefined();
  expect(
    call.read({ ...said({ mdAvailability: 'S', data: [bar(1, 151, 149.5)] }), status: 500 }),
  ).toBeUndefined();
});
