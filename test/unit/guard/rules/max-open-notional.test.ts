import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  [
    'within',
    { maxOpenNotional: 200 },
    { open: { count: 1, notional: decimal('100'), symbols: new Set() } },
    [],
  ],
  [
    'beyond',
    { maxOpenNotional: 199 },
    { open: { count: 1, notional: decimal('100'), symbols: new Set() } },
    ['OPEN_NOTIONAL_TOO_LARGE'],
  ],
  ['not known', { maxOpenNotional: 199 }, { orders: [{ type: 'market', last: null }] }, ['DATA_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
