import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['an allowed type passes', { types: ['limit'] }, {}, []],
  [
    'another does not, nor as a leg',
    { types: ['limit'] },
    { orders: [{ type: 'market' }, { type: 'stop', trigger: '90', isLeg: true }] },
    ['TYPE_NOT_ALLOWED', 'TYPE_NOT_ALLOWED'],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
