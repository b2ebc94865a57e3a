import { expect, test } from 'vitest';
import { codesOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['few cancels say nothing', { cancelToFill: { ratio: 2 } }, { cancels: 19 }, []],
  ['none filled', { cancelToFill: { ratio: 2 } }, { cancels: 20 }, ['CANCEL_TO_FILL']],
  ['enough filled', { cancelToFill: { ratio: 2 } }, { cancels: 20, fills: 10 }, []],
  ['one too few', { cancelToFill: { ratio: 2 } }, { cancels: 20, fills: 9 }, ['CANCEL_TO_FILL']],
  ['from fewer cancels', { cancelToFill: { ratio: 2, fromCancels: 3 } }, { cancels: 3 }, ['CANCEL_TO_FILL']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
