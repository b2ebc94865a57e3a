import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['as many as allowed', { rate: { perSecond: 2 } }, { earlier: [[0.5, '1']] }, []],
  [
    'one more',
    { rate: { perSecond: 1, perMinute: 1, perHour: 9 } },
    { earlier: [[0.5, '1']] },
    ['RATE_EXCEEDED', 'RATE_EXCEEDED'],
  ],
  ['older ones are forgotten', { rate: { perMinute: 1 } }, { earlier: [[61, '1']] }, []],
  ['each order of a request counts', { rate: { perMinute: 2 } }, { orders: [{}, {}, {}] }, ['RATE_EXCEEDED']],
  ['as many in one request as allowed', { rate: { perMinute: 2 } }, { orders: [{}, {}] }, []],
  ['a leg is no order of its own', { rate: { perMinute: 1 } }, { orders: [{}, { isLeg: true }] }, []],
  [
    'one that only amends counts as one',
    { rate: { perMinute: 1 } },
    { orders: [{ action: 'amend' }], earlier: [[9, '1']] },
    ['RATE_EXCEEDED'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
