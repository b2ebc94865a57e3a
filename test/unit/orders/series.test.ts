import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { Moments, Series } from '../../../src/orders/series.js';

test('sums and counts of a window, with one left out or dropped', () => {
  const series = new Series(
    new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]),
  );
  series.add('a', 1, decimal('1'));
  series.add('b', 2, decimal('-3.5'));
  series.add('c', 3, decimal('10'));
  const sum = (sinceMs: number, except?: string) => formatDecimal(series.sum(sinceMs, except));
  expect([sum(0), sum(2), sum(2, 'b'), sum(4)]).toEqual(['7.5', '6.5', '10', '0']);
  series.drop('b');
  expect([sum(0), series.count(2), series.count(1, 'a'), series.last('c')]).toEqual(['11', 1, 1, 1]);
});

test('the last moment of a kind, with one left out or dropped; old kinds are forgotten', () => {
  const moments = new Moments();
  moments.add('old', 'o', 0);
  moments.add('a', 'x', 1);
  const dayMs = 86_400_000;
  moments.add('a', 'y', 9 * dayMs);
  expect([moments.last('a'), moments.last('a', 'y'), moments.last('b'), moments.last('old')]).toEqual([
    9 * dayMs,
    1,
    undefined,
    0,
  ]);
  moments.drop('a', 'y');
  moments.drop('b', 'y');
  expect(moments.last('a')).toBe(1);
  for (let n = 0; n < 10_000; n += 1) moments.add('c', `c${n}`, 9 * dayMs);
  expect([moments.last('old'), moments.last('a'), moments.last('c')]).toEqual([
    undefined,
    undefined,
    9 * dayMs,
  ]);
});
