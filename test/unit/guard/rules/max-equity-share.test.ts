import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

// The account is worth 1,000, the order 100.
test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a tenth', { maxEquityShare: 10 }, {}, []],
  ['more than that', { maxEquityShare: 9.999 }, {}, ['EQUITY_SHARE']],
  [
    'in pieces',
    { maxEquityShare: 10 },
    { orders: [{ quantity: '0.6' }, { quantity: '0.6' }] },
    ['EQUITY_SHARE'],
  ],
  [
    'legs close what they hang on',
    { maxEquityShare: 10 },
    { orders: [{}, { side: 'sell', isLeg: true }] },
    [],
  ],
  ['a debt', { maxEquityShare: 10 }, { equity: decimal('-1') }, ['EQUITY_SHARE']],
  ['the venue does not tell', { maxEquityShare: 10 }, { equity: undefined }, ['DATA_MISSING']],
  [
    'an order of unknown worth',
    { maxEquityShare: 10 },
    { orders: [{ type: 'market', last: null }] },
    ['DATA_MISSING'],
  ],
  [
    'quoted in something else',
    { maxEquityShare: 10 },
    { termsOf: () => ({ multiplier: decimal('1'), isInverse: false, quote: 'BTC' }) },
    ['DATA_MISSING'],
  ],
  [
    'an exit passes',
    { maxEquityShare: 1 },
    { orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }] },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
