import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { compareBps, distanceBps, midOf, take } from '../../../src/guard/book.js';

const levels = (...rows: [number, number][]) =>
  rows.map(([price, size]) => ({ price: decimal(String(price)), size: decimal(String(size)) }));

test('the middle is between the best prices, and nowhere without one', () => {
  const mid = midOf({ bids: levels([99, 1]), asks: levels([102, 1]), ageMs: 0 });
  expect(mid && formatDecimal(mid)).toBe('100.5');
  expect(midOf({ bids: levels([99, 1]), asks: [], ageMs: 0 })).toBeUndefined();
});

test('levels are eaten best first, and what is left of the last one stays', () => {
  const { average, rest } = take(levels([100, 1], [110, 4]), decimal('2'), false);
  expect(average && formatDecimal(average)).toBe('105');
  expect(rest.map(({ price, size }) => [price, size].map(formatDecimal))).toEqual([['110', '3']]);
  expect(take(levels([100, 1]), decimal('1.1'), false)).toEqual({ average: undefined, rest: [] });
});

test('money buys what quantity of its worth does', () => {
  const whole = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.array(fc.tuple(whole, whole), { minLength: 1, maxLength: 8 }), whole, (rows, wanted) => {
      const book = levels(
        ...rows.map(([step, size], index): [number, number] => [100 * (index + 1) + step, size]),
      );
      const byQuantity = take(book, decimal(String(wanted)), false);
      // The worth of all there is may be rounded to more than that.
      const isAll = byQuantity.rest.every(({ size }) => size.eq(decimal('0')));
      if (byQuantity.average === undefined || isAll) return;
      const byMoney = take(book, byQuantity.average.times(decimal(String(wanted))), true);
      const off = byMoney.average?.minus(byQuantity.average).abs();
      expect(off?.lt(decimal('0.000000000000000000000001'))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a distance is told in hundredths of a percent of what it is measured from', () => {
  expect(formatDecimal(distanceBps(decimal('99'), decimal('100')))).toBe('100');
});

test('whether a price is beyond a distance, either way, to the last digit; nothing is measured by a price of zero', () => {
  const compare = (price: string, from: string, bps = '100') =>
    compareBps(decimal(price), decimal(from), decimal(bps));
  expect([compare('101', '100'), compare('99', '100'), compare('3.03', '3')]).toEqual([0, 0, 0]);
  expect([compare('101.0000000000000000000000000001', '100'), compare('98.9', '100')]).toEqual([1, 1]);
  expect([compare('100', '100'), compare('99.01', '100')]).toEqual([-1, -1]);
  for (const from of ['0', '-1']) expect(() => compare('0', from)).toThrow();
});
