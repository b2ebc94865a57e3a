import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'what rests without reduce-only may open the reverse later: refused',
    { reduceOnly: true },
    { orders: [{ side: 'sell', unit: 'contracts', position: '1' }] },
    ['NOT_REDUCING'],
  ],
  [
    'an exit passes',
    { reduceOnly: true },
    { orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }] },
    [],
  ],
  ['an entry does not', { reduceOnly: true }, {}, ['NOT_REDUCING']],
  [
    'a flag on a spot order proves nothing',
    { reduceOnly: true },
    { orders: [{ side: 'sell', reduceOnly: true }] },
    ['NOT_REDUCING'],
  ],
  [
    'what is on its way counts',
    { reduceOnly: true },
    { orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1', pending: '0.5' }] },
    ['NOT_REDUCING'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
