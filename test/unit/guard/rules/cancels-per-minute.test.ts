import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['as many as allowed', { cancelsPerMinute: 3 }, { cancels: 3 }, []],
  ['one more', { cancelsPerMinute: 3 }, { cancels: 4 }, ['CANCEL_RATE_EXCEEDED']],
  [
    'an exit passes',
    { cancelsPerMinute: 3 },
    { cancels: 9, orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }] },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
