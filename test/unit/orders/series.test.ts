import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { Series } from '../../../src/orders/series.js';

test('sums and counts of a window, with one left out or dropped', () => {
  const series = new Series();
  series.add('a', 1, decimal('1'));
  series.add('b', 2, decimal('-3.5'));
  series.add('c', 3, decimal('10'));
  const sum = (sinceMs: number, except?: string) => formatDecimal(series.sum(sinceMs, except));
  expect([sum(0), sum(2), sum(2, 'b'), sum(4)]).toEqual(['7.5', '6.5', '10', '0']);
  series.drop('b');
  expect([sum(0), series.count(2), series.count(1, 'a'), series.last('c')]).toEqual(['11', 1, 1, 1]);
});
