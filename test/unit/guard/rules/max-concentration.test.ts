import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

// The account is worth 1,000, a contract 100.
const contracts = { unit: 'contracts', position: '1' } as const;

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a fifth with what is held', { maxConcentration: 20 }, { orders: [contracts] }, []],
  ['more than that', { maxConcentration: 19 }, { orders: [contracts] }, ['CONCENTRATION']],
  [
    'with what is on its way',
    { maxConcentration: 20 },
    { orders: [{ ...contracts, pending: '1' }] },
    ['CONCENTRATION'],
  ],
  [
    'a position nobody tells',
    { maxConcentration: 20 },
    { orders: [{ unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
  [
    'an account nobody tells',
    { maxConcentration: 20 },
    { orders: [contracts], equity: undefined },
    ['DATA_MISSING'],
  ],
  ['a purchase on spot', { maxConcentration: 20 }, {}, ['DATA_MISSING']],
  ['with what is held on spot', { maxConcentration: 20 }, { orders: [{ spot: ['1', '1', '900'] }] }, []],
  [
    'too much of it',
    { maxConcentration: 20 },
    { orders: [{ spot: ['1.1', '0', '900'] }] },
    ['CONCENTRATION'],
  ],
  ['holdings nobody tells', { maxConcentration: 20 }, { orders: [{ spot: null }] }, ['DATA_MISSING']],
  [
    'a short of a linear perpetual',
    { maxConcentration: 20 },
    { orders: [{ side: 'sell', isDerivative: true, position: '-1.1' }] },
    ['CONCENTRATION'],
  ],
  ['a sale on spot', { maxConcentration: 20 }, { orders: [{ side: 'sell' }] }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
