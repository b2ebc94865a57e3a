import { expect, test } from 'vitest';
import { formatDecimal } from '../../../src/core/decimal.js';
import { barsIn, bookOf, rangeOf } from '../../../src/venues/market-answers.js';
import { jsonOf } from '../../../src/venues/venue-answers.js';

const json = (value: unknown) => jsonOf({ body: Buffer.from(JSON.stringify(value)) });
const book = (bids: unknown, asks: unknown) => {
  const read = bookOf(json(bids), json(asks));
  return (
    read &&
    [read.bids, read.asks].map((side) =>
      side.map(({ price, size }) => `${formatDecimal(price)}:${formatDecimal(size)}`),
    )
  );
};

test('sides are read as lists, as text or numbers, and more columns do not matter', () => {
  expect(book([['99', '2', '0', '1']], [[101, 0.5]])).toEqual([['99:2'], ['101:0.5']]);
  expect(book([], [])).toEqual([[], []]);
});

test.each<[string, unknown, unknown]>([
  ['no list', {}, []],
  ['a price of nothing', [['0', '1']], []],
  ['a price that is none', [['1e2', '1']], []],
  ['no size', [['1']], []],
  ['a negative size', [['1', '-1']], []],
  ['crossed', [['102', '1']], [['101', '1']]],
  [
    'bids not best first',
    [
      ['98', '1'],
      ['99', '1'],
    ],
    [],
  ],
  [
    'asks not best first',
    [],
    [
      ['101', '1'],
      ['100', '1'],
    ],
  ],
])('no book: %s', (_title, bids, asks) => {
  expect(book(bids, asks)).toBeUndefined();
});

const shape = { time: 0, high: 1, low: 2, unit: 'seconds' } as const;
const window = { fromMs: 1_000_000, toMs: 1_300_000 };
const range = (bars: unknown) => {
  const read = rangeOf(json(bars), shape, window);
  return read && `${formatDecimal(read.low)}-${formatDecimal(read.high)}`;
};

test('only bars that reach into the window count', () => {
  expect(
    range([
      [1_000, '11', '9'],
      [1_200, 12, 10],
    ]),
  ).toBe('9-12');
  expect(
    range([
      [941, '50', '9'],
      [940, '99', '1'],
      [1_361, '99', '1'],
      [1_200, '12', '10'],
    ]),
  ).toBe('9-50');
  expect(range([[940, '99', '1']])).toBeUndefined();
});

test.each<[string, unknown]>([
  ['none', []],
  ['no list', 'x'],
  ['no low', [[1_200, '12', 'x']]],
  ['a low of nothing', [[1_200, '12', '0']]],
  ['no time', [['', '12', '11']]],
])('no range: %s', (_title, bars) => {
  expect(range(bars)).toBeUndefined();
});

test('a window of minutes reaches into one bar more', () => {
  expect(barsIn(window)).toBe(6);
});
