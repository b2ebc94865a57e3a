import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'room for one more',
    { maxOpenOrders: 3 },
    { open: { count: 2, notional: decimal('0'), symbols: new Set() } },
    [],
  ],
  [
    'none for two',
    { maxOpenOrders: 3 },
    { orders: [{}, {}], open: { count: 2, notional: decimal('0'), symbols: new Set() } },
    ['TOO_MANY_OPEN_ORDERS'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
