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
    'an unknown position denies',
    { maxPositionNotional: 300 },
    { orders: [{ unit: 'contracts' }] },
    ['DATA_MISSING'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
