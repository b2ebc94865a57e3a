import { expect, test } from 'vitest';
import { factsOf, parseGuardCases } from '../../../src/config/guard-cases.js';
import { evaluate } from '../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../src/guard/guardrails.js';
import { thrownBy } from '../../support/host-files.js';

const rules = guardrailsSchema.parse({
  version: 1,
  notional: { max: 600 },
  daily: { orders: 2 },
  noReversal: true,
});
const decide = (text: string) =>
  parseGuardCases('cases.yaml', text).map((each) =>
    evaluate(rules, factsOf(each, 0)).findings.map(({ code }) => code),
  );

test('cases become facts', () => {
  expect(
    decide(`
- { name: fits, order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }, last: 50000, expect: allow }
- { name: large, order: { instrument: B, side: buy, quantity: "0.1", price: 50000 }, last: 50000, expect: deny }
- { name: blind, order: { instrument: B, side: sell, quantity: "0.01", price: 50000 }, expect: deny }
- { name: flip, order: { instrument: S, side: sell, type: market, unit: contracts, quantity: 2 }, last: 100, position: 1, expect: deny }
- name: third today
  at: 2026-11-20T12:00:00Z
  order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }
  last: 50000
  earlier: [{ secondsAgo: 60, notional: 5 }, { secondsAgo: 30, notional: 5 }]
  expect: deny
`),
  ).toEqual([[], ['NOTIONAL_TOO_LARGE'], ['DATA_MISSING'], ['POSITION_REVERSAL'], ['DAILY_ORDERS']]);
});

test('a bad case is told with its line; an amount is no float', () => {
  const text = '- { name: a, order: { instrument: B, side: buy, quantity: 0.01 }, expect: allow }';
  expect(thrownBy(() => parseGuardCases('cases.yaml', text))).toMatchObject({
    message: expect.stringContaining('cases.yaml:1:'),
  });
});
