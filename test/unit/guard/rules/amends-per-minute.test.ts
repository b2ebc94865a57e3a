import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['an order is no amendment', { amendsPerMinute: 1 }, { amends: 5 }, []],
  ['too many', { amendsPerMinute: 5 }, { orders: [{ action: 'amend' }], amends: 5 }, ['AMEND_RATE_EXCEEDED']],
  [
    'as many in one request as allowed',
    { amendsPerMinute: 2 },
    { orders: [{ action: 'amend' }, { action: 'amend' }] },
    [],
  ],
  [
    'each order of a request counts',
    { amendsPerMinute: 1 },
    { orders: [{ action: 'amend' }, { action: 'amend' }] },
    ['AMEND_RATE_EXCEEDED'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
