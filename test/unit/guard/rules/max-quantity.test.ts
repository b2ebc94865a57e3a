import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['as much as the limit passes', { maxQuantity: { 'BTC-USDT': 1 } }, {}, []],
  [
    'a little more does not',
    { maxQuantity: { 'BTC-USDT': 1 } },
    { orders: [{ quantity: '1.00000001' }] },
    ['QUANTITY_TOO_LARGE'],
  ],
  ['* stands for all others', { maxQuantity: { '*': '0.5' } }, {}, ['QUANTITY_TOO_LARGE']],
  ['a symbol without a limit passes', { maxQuantity: { X: 1 } }, { orders: [{ quantity: '9' }] }, []],
  [
    'an amount in quote currency cannot be compared',
    { maxQuantity: { '*': 1 } },
    { orders: [{ unit: 'quote' }] },
    ['QUANTITY_UNIT'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
