import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['small ones pass', { approval: { above: 100 } }, {}, []],
  ['larger ones wait for one', { approval: { above: 99, twoAbove: 100 } }, {}, ['hold:APPROVAL']],
  ['still larger ones for two', { approval: { above: 50, twoAbove: 99 } }, {}, ['hold:TWO_APPROVALS:2']],
  [
    'an order cut into pieces counts as one',
    { approval: { above: 150, splitSeconds: 60 } },
    { earlier: [[30, '60']] },
    ['hold:APPROVAL'],
  ],
  [
    'what is not known is denied',
    { approval: { above: 100 } },
    { orders: [{ type: 'market', last: null }] },
    ['DATA_MISSING'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
