import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['within', { maxPositionNotional: 300 }, { orders: [{ unit: 'contracts', position: '2' }] }, []],
  [
    'beyond, with what is on its way',
    { maxPositionNotional: 300 },
    { orders: [{ unit: 'contracts', position: '2', pending: '1' }] },
    ['POSITION_TOO_LARGE'],
  ],
  [
    'a short counts as much',
    { maxPositionNotional: 300 },
    { orders: [{ side: 'sell', unit: 'contracts', position: '-3' }] },
    ['POSITION_TOO_LARGE'],
  ],
  [
    'a short of a linear perpetual, which counts coins, too',
    { maxPositionNotional: 300 },
    { orders: [{ side: 'sell', isDerivative: true, position: '-3' }] },
    ['POSITION_TOO_LARGE'],
  ],
  ['spot that no venue tells', { maxPositionNotional: 50 }, {}, []],
  ['what is held on spot', { maxPositionNotional: 300 }, { orders: [{ spot: ['2', '0', '900'] }] }, []],
  [
    'more of it, with what is on its way',
    { maxPositionNotional: 300 },
    { orders: [{ spot: ['1', '0', '900'], pending: '1.1' }] },
    ['POSITION_TOO_LARGE'],
  ],
  [
    'bought for an amount of money',
    { maxPositionNotional: 300 },
    { orders: [{ spot: ['2', '0', '900'], unit: 'quote', quantity: '101' }] },
    ['POSITION_TOO_LARGE'],
  ],
  ['a sale of it', { maxPositionNotional: 50 }, { orders: [{ side: 'sell', spot: ['2', '2', '0'] }] }, []],
  [
    'holdings that were not told',
    { maxPositionNotional: 300 },
    { orders: [{ spot: null }] },
    ['DATA_MISSING'],
  ],
  [
    'an unknown position denies',
    { maxPositionNotional: 300 },
    { orders: [{ unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
