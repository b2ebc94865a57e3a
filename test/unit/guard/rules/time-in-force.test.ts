import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['the default is good till cancelled', { timeInForce: ['gtc'] }, {}, []],
  [
    'another is not',
    { timeInForce: ['gtc'] },
    { orders: [{ timeInForce: 'ioc' }] },
    ['TIME_IN_FORCE_NOT_ALLOWED'],
  ],
  ['a market order has none', { timeInForce: ['gtc'] }, { orders: [{ type: 'market' }] }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
