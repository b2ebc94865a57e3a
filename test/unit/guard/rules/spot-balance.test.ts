import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

type Orders = NonNullable<NonNullable<Parameters<typeof codesOf>[1]>['orders']>;

// Orders are of 1 at 100.
test.each<[string, Orders, string[]]>([
  ['a sale of all that is held', [{ side: 'sell', spot: ['1', '1', '0'] }], []],
  ['of more', [{ side: 'sell', spot: ['0.99', '0.99', '0'] }], ['BALANCE_TOO_SMALL']],
  ['of what another order locks', [{ side: 'sell', spot: ['2', '0.5', '0'] }], ['BALANCE_TOO_SMALL']],
  [
    'of what is on its way',
    [{ side: 'sell', spot: ['1.5', '1.5', '0'], pending: '1' }],
    ['BALANCE_TOO_SMALL'],
  ],
  ['a sale for money', [{ side: 'sell', unit: 'quote', quantity: '100', spot: ['1', '1', '0'] }], []],
  [
    'a sale for more of it',
    [{ side: 'sell', unit: 'quote', quantity: '101', spot: ['1', '1', '0'] }],
    ['BALANCE_TOO_SMALL'],
  ],
  ['a position in a linear perpetual, which spends no coins', [{ isDerivative: true, position: '0' }], []],
  ['a purchase with all the money', [{ spot: ['0', '0', '100'] }], []],
  ['with more', [{ spot: ['0', '0', '99.99'] }], ['BALANCE_TOO_SMALL']],
  [
    'two of one request, which the money does not cover together',
    [{ spot: ['0', '0', '150'] }, { spot: ['0', '0', '150'] }],
    ['BALANCE_TOO_SMALL'],
  ],
  ['an amendment of what locks it all', [{ action: 'amend', side: 'sell', spot: ['1', '0', '0'] }], []],
  [
    'an amendment beyond all',
    [{ action: 'amend', side: 'sell', quantity: '2', spot: ['1', '0', '0'] }],
    ['BALANCE_TOO_SMALL'],
  ],
  ['a sale that nobody can check', [{ side: 'sell', spot: null }], ['DATA_MISSING']],
  ['a venue that tells no balances', [{}], ['DATA_MISSING']],
  ['a price that is not known', [{ type: 'market', last: null, spot: ['0', '0', '100'] }], ['DATA_MISSING']],
  ['contracts', [{ unit: 'contracts', position: '0' }], []],
])('%s', (_title, orders, codes) => {
  expect(codesOf({ spotBalance: true }, { orders })).toEqual(codes);
});
