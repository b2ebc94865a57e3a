import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['as much passes', { maxLeverage: 3 }, { orders: [{ leverage: '3' }] }, []],
  ['more does not', { maxLeverage: 3 }, { orders: [{ leverage: '3.1' }] }, ['LEVERAGE_TOO_HIGH']],
  ['none asked for passes', { maxLeverage: 3 }, {}, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
