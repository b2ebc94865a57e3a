import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['within both bounds it passes', { notional: { min: 100, max: 100 } }, {}, []],
  ['above', { notional: { max: '99.99' } }, {}, ['NOTIONAL_TOO_LARGE']],
  ['below', { notional: { min: '100.01' } }, {}, ['NOTIONAL_TOO_SMALL']],
  [
    'D3: a decorative low price does not help',
    { notional: { max: 50 } },
    { orders: [{ type: 'market', price: '1' }] },
    ['NOTIONAL_TOO_LARGE'],
  ],
  [
    'a sale far below the market is worth the market',
    { notional: { max: 50 } },
    { orders: [{ side: 'sell', price: '1' }] },
    ['NOTIONAL_TOO_LARGE'],
  ],
  [
    'without a market price it is not known',
    { notional: { max: 50 } },
    { orders: [{ type: 'market', last: null }] },
    ['DATA_MISSING'],
  ],
  [
    'contracts count by their size',
    { notional: { max: 50 } },
    { orders: [{ unit: 'contracts', multiplier: '0.01', quantity: '60' }] },
    ['NOTIONAL_TOO_LARGE'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
