import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['as much passes', { maxLeverage: 3 }, { orders: [{ leverage: '3' }] }, []],
  ['more does not', { maxLeverage: 3 }, { orders: [{ leverage: '3.1' }] }, ['LEVERAGE_TOO_HIGH']],
  ['none asked for passes', { maxLeverage: 3 }, {}, []],
  // The account is worth 1,000, an order 100: what none asks for is what all comes to.
  [
    'contracts that come to as much pass',
    { maxLeverage: 3 },
    { grossExposure: decimal('2000'), orders: [{ quantity: '10', unit: 'contracts' }] },
    [],
  ],
  [
    'contracts that come to more do not',
    { maxLeverage: 3 },
    { grossExposure: decimal('2000'), orders: [{ quantity: '10.1', unit: 'contracts' }] },
    ['LEVERAGE_TOO_HIGH'],
  ],
  [
    'what is on its way counts',
    { maxLeverage: 3 },
    {
      grossExposure: decimal('2000'),
      open: { notional: decimal('901') },
      orders: [{ unit: 'contracts' }],
    },
    ['LEVERAGE_TOO_HIGH'],
  ],
  [
    'an order that names less is held to all the same',
    { maxLeverage: 1 },
    { grossExposure: decimal('2000'), orders: [{ unit: 'contracts', leverage: '1' }] },
    ['LEVERAGE_TOO_HIGH'],
  ],
  [
    'coins and shares are no contracts',
    { maxLeverage: 1 },
    { grossExposure: decimal('2000'), orders: [{ quantity: '20' }] },
    [],
  ],
  [
    'an account of unknown worth',
    { maxLeverage: 3 },
    { equity: undefined, orders: [{ unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
  [
    'an account that owes',
    { maxLeverage: 3 },
    { equity: decimal('-1'), orders: [{ unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
  [
    'positions of unknown worth',
    { maxLeverage: 3 },
    { grossExposure: undefined, orders: [{ unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
