import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['an order is no amendment', { amendsPerMinute: 1 }, { amends: 5 }, []],
  ['too many', { amendsPerMinute: 5 }, { orders: [{ action: 'amend' }], amends: 5 }, ['AMEND_RATE_EXCEEDED']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
