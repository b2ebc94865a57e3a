import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a human looks at the first', { firstOrders: 2 }, { accepted: 1 }, ['hold:FIRST_ORDERS']],
  ['and then no more', { firstOrders: 2 }, { accepted: 2 }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
