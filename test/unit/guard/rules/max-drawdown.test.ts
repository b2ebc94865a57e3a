import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { evaluate } from '../../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../../src/guard/guardrails.js';
import { codesOf, factsOf } from '../../../support/guard-facts.js';

// The peak is 1,000.
test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['a little', { maxDrawdown: 10 }, { equity: decimal('900.01') }, []],
  ['enough', { maxDrawdown: 10 }, { equity: decimal('900') }, ['DRAWDOWN']],
  ['a new peak', { maxDrawdown: 10 }, { equity: decimal('2000') }, []],
  ['nobody tells', { maxDrawdown: 10 }, { equity: undefined }, ['DATA_MISSING']],
  ['nobody told before', { maxDrawdown: 10 }, { marks: { peak: undefined } }, ['DATA_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});

test('the account halts', () => {
  const facts = factsOf({ equity: decimal('1') });
  expect(evaluate(guardrailsSchema.parse({ version: 1, maxDrawdown: 50 }), facts).halts).toBe(true);
});
