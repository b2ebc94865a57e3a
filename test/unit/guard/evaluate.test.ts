import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../src/guard/guardrails.js';
import { codesOf, factsOf, type GivenOrder } from '../../support/guard-facts.js';

const guardrails = (limits: object) => guardrailsSchema.parse({ version: 1, ...limits });

test('every rule is asked and every reason kept; a denial beats a hold', () => {
  const verdict = evaluate(
    guardrails({ sides: ['sell'], notional: { max: 1 }, firstOrders: 1 }),
    factsOf({}),
  );
  expect(verdict.outcome).toBe('deny');
  expect(verdict.approvers).toBe(0);
  expect(verdict.findings.map(({ rule, code }) => [rule, code])).toEqual([
    ['sides', 'SIDE_NOT_ALLOWED'],
    ['notional', 'NOTIONAL_TOO_LARGE'],
    ['firstOrders', 'FIRST_ORDERS'],
  ]);
});

test('of several holds the strictest counts', () => {
  const verdict = evaluate(guardrails({ firstOrders: 1, approval: { twoAbove: 1 } }), factsOf({}));
  expect([verdict.outcome, verdict.approvers]).toEqual(['hold', 2]);
});

test('a burst halts the account', () => {
  const verdict = evaluate(
    guardrails({ repeat: { orders: 1, minutes: 1 } }),
    factsOf({ earlier: [[1, '1']] }),
  );
  expect(verdict.halts).toBe(true);
});

test('S11: a rule that throws denies', () => {
  const facts = factsOf({});
  const broken = {
    ...facts,
    activity: {
      ...facts.activity,
      countSince: () => {
        throw new Error('x');
      },
    },
  };
  const verdict = evaluate(guardrails({ rate: { perSecond: 5 } }), broken);
  expect(verdict.findings.map(({ code }) => code)).toEqual(['RULE_FAILED']);
  expect(verdict.outcome).toBe('deny');
});

test('no rules, nothing to object', () => {
  expect(codesOf({})).toEqual([]);
});

test('a tighter limit never lets through what a wider one refused', () => {
  const order = fc.record<GivenOrder>({
    quantity: fc.integer({ min: 1, max: 9_999 }).map((n) => `${n}.5`),
    price: fc.integer({ min: 1, max: 500 }).map(String),
    side: fc.constantFrom('buy', 'sell'),
    unit: fc.constantFrom('base', 'quote', 'contracts'),
    position: fc.integer({ min: -500, max: 500 }).map(String),
  });
  const limit = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(order, limit, limit, (given, a, b) => {
      const [tight, wide] = a < b ? [a, b] : [b, a];
      const of = (max: number) =>
        evaluate(
          guardrails({ notional: { max }, maxPositionNotional: max, approval: { above: max } }),
          factsOf({ orders: [given] }),
        ).outcome;
      const rank = { allow: 0, hold: 1, deny: 2 };
      expect(rank[of(tight)]).toBeGreaterThanOrEqual(rank[of(wide)]);
    }),
    { numRuns: 200 },
  );
});
