// Names of positions: where long and short are held apart, each has one of its own.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { positionKey, positionNameOf, positionsByKey } from '../../../src/core/position.js';

test('a position that is held apart from its other side has a name of its own', () => {
  const named = (size: string, isHedged?: true) => {
    const told = { instrument: 'X', quantity: decimal(size), ...(isHedged && { isHedged }) };
    return positionKey(positionNameOf(told));
  };
  expect([named('1'), named('-1'), named('1', true), named('-1', true)]).toEqual([
    'X',
    'X',
    'X long',
    'X short',
  ]);
});

test('rows of one name add up, and the sides of one instrument do not', () => {
  const told = (quantity: string, isHedged?: true) => ({
    instrument: 'X',
    quantity: decimal(quantity),
    isHedged,
  });
  const sums = (...rows: ReturnType<typeof told>[]) =>
    [...positionsByKey(rows)].map(([key, { instrument, quantity }]) => [
      key,
      instrument,
      formatDecimal(quantity),
    ]);
  expect(sums(told('3'), told('-1'))).toEqual([['X', 'X', '2']]);
  expect(sums(told('3', true), told('-1', true), told('2', true))).toEqual([
    ['X long', 'X', '5'],
    ['X short', 'X', '-1'],
  ]);
});
