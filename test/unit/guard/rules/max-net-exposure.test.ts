import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a purchase within', { maxNetExposure: 300 }, { netExposure: decimal('200') }, []],
  ['one beyond', { maxNetExposure: 300 }, { netExposure: decimal('200.1') }, ['NET_EXPOSURE_TOO_LARGE']],
  ['one that balances', { maxNetExposure: 300 }, { netExposure: decimal('-900') }, []],
  [
    'a sale adds to the short side',
    { maxNetExposure: 300 },
    { netExposure: decimal('-250'), orders: [{ side: 'sell' }] },
    ['NET_EXPOSURE_TOO_LARGE'],
  ],
  [
    'what rests on the same side counts',
    { maxNetExposure: 300 },
    { open: { worthOf: (side) => decimal(side === 'buy' ? '250' : '0') } },
    ['NET_EXPOSURE_TOO_LARGE'],
  ],
  [
    'what rests on the other does not',
    { maxNetExposure: 300 },
    { open: { worthOf: (side) => decimal(side === 'sell' ? '250' : '0') } },
    [],
  ],
  ['positions not known', { maxNetExposure: 300 }, { netExposure: undefined }, ['DATA_MISSING']],
  [
    'worth not known',
    { maxNetExposure: 300 },
    { orders: [{ type: 'market', last: null }] },
    ['DATA_MISSING'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
