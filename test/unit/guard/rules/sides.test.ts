import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['an allowed side passes', { sides: ['buy'] }, {}, []],
  ['the other does not', { sides: ['buy'] }, { orders: [{ side: 'sell' }] }, ['SIDE_NOT_ALLOWED']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
