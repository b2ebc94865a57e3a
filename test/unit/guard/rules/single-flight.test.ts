import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'another is open',
    { singleFlight: true },
    { open: { count: 1, notional: decimal('0'), symbols: new Set(['BTC-USDT']) } },
    ['IN_FLIGHT'],
  ],
  [
    'in another symbol',
    { singleFlight: true },
    { open: { count: 1, notional: decimal('0'), symbols: new Set(['X']) } },
    [],
  ],
  [
    'a request that places several in one symbol',
    { singleFlight: true },
    { orders: [{}, {}] },
    ['IN_FLIGHT'],
  ],
  ['one order and its leg', { singleFlight: true }, { orders: [{}, { isLeg: true }] }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
