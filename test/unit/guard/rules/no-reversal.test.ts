import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'a close passes',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'contracts', position: '1' }] },
    [],
  ],
  [
    'a close that is too large opens a short: refused',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'contracts', position: '1', quantity: '1.1' }] },
    ['POSITION_REVERSAL'],
  ],
  [
    'of a linear perpetual, which counts coins, too',
    { noReversal: true },
    { orders: [{ side: 'sell', isDerivative: true, position: '1', quantity: '1.1' }] },
    ['POSITION_REVERSAL'],
  ],
  [
    'so do two closes at once',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'contracts', position: '1', pending: '1' }] },
    ['POSITION_REVERSAL'],
  ],
  [
    'a short is closed by buying',
    { noReversal: true },
    { orders: [{ unit: 'contracts', position: '-1', quantity: '2' }] },
    ['POSITION_REVERSAL'],
  ],
  [
    'an unknown position denies',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
  [
    'closing all of it passes',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'close-all', reduceOnly: true, position: '2' }] },
    [],
  ],
  [
    'closing all of it beside an order that would open the reverse then: refused',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'close-all', reduceOnly: true, position: '2', unbound: '1' }] },
    ['POSITION_REVERSAL'],
  ],
  [
    'so is an order that the venue holds to reducing',
    { noReversal: true },
    { orders: [{ side: 'sell', unit: 'contracts', reduceOnly: true, position: '1', unbound: '1' }] },
    ['POSITION_REVERSAL'],
  ],
  [
    'which may be larger than the position: it is cut',
    { noReversal: true },
    {
      orders: [
        { side: 'sell', unit: 'contracts', reduceOnly: true, position: '1', quantity: '9', pending: '9' },
      ],
    },
    [],
  ],
  [
    'and leaves room for what rests',
    { noReversal: true },
    {
      orders: [
        { side: 'sell', unit: 'contracts', reduceOnly: true, position: '3', quantity: '2', unbound: '1' },
      ],
    },
    [],
  ],
  [
    'a larger position in the same direction is none',
    { noReversal: true },
    { orders: [{ unit: 'contracts', position: '5' }] },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
