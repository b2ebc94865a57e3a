import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['the same again, soon', { duplicateSeconds: 10 }, { sameSecondsAgo: 9 }, ['DUPLICATE']],
  ['later', { duplicateSeconds: 10 }, { sameSecondsAgo: 10 }, []],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
