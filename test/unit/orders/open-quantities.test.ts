import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { pendingKey, sumUp, unboundKey } from '../../../src/orders/open-quantities.js';

test('quantities of one symbol, position side, side and unit are summed up, and what is zero is gone', () => {
  const name = { instrument: 'A', side: 'buy', quantity: { unit: 'base' } } as const;
  const keys = [
    name,
    { ...name, side: 'sell' },
    { ...name, positionSide: 'long' },
    { ...name, quantity: { unit: 'quote' } },
  ];
  expect(new Set([...keys, { ...name, instrument: 'B' }].map(pendingKey)).size).toBe(5);
  const sums = new Map([['x', decimal('1')]]);
  sumUp(
    sums,
    [
      ['x', decimal('2')],
      ['y', decimal('3')],
    ],
    1,
  );
  expect([...sums].map(([key, sum]) => [key, formatDecimal(sum)])).toEqual([
    ['x', '3'],
    ['y', '3'],
  ]);
  sumUp(sums, [['x', decimal('3')]], -1);
  expect([...sums.keys()]).toEqual(['y']);
});

test('what may open a position is of its side, whatever the unit', () => {
  expect(unboundKey({ instrument: 'A', side: 'buy' })).not.toBe(
    unboundKey({ instrument: 'A', side: 'sell' }),
  );
  expect(unboundKey({ instrument: 'A', positionSide: 'long' })).not.toBe(unboundKey({ instrument: 'A' }));
});
