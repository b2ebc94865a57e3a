import { expect, test } from 'vitest';
import { evaluate } from '../../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../../src/guard/guardrails.js';
import { codesOf, factsOf } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['one more may be lost', { maxLossesInRow: 3 }, { results: { lossesInRow: () => 2 } }, []],
  ['enough', { maxLossesInRow: 3 }, { results: { lossesInRow: () => 3 } }, ['LOSSES_IN_ROW']],
  [
    'enough is known whatever else is not',
    { maxLossesInRow: 3 },
    { results: { lossesInRow: () => 3, unknownMs: 1 } },
    ['LOSSES_IN_ROW'],
  ],
  ['a fill nobody tells', { maxLossesInRow: 3 }, { results: { unknownMs: 1 } }, ['DATA_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});

test('the account halts', () => {
  const facts = factsOf({ results: { lossesInRow: () => 1 } });
  expect(evaluate(guardrailsSchema.parse({ version: 1, maxLossesInRow: 1 }), facts).halts).toBe(true);
});
