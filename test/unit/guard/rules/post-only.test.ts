import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a resting order passes', { postOnly: true }, { orders: [{ timeInForce: 'post-only' }] }, []],
  ['a taking one does not', { postOnly: true }, {}, ['NOT_POST_ONLY']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
