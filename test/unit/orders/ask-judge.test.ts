import { expect, test } from 'vitest';
import { assessedBy, judgedBy } from '../../../src/orders/ask-judge.js';
import type { Judge, Question } from '../../../src/orders/judge.js';

const question = {} as Question;
const broken: Judge = {
  prepare: async () => {},
  judge: () => {
    throw new Error('a bug');
  },
  assess: () => {
    throw new Error('a bug');
  },
};

test('S11: a judge that throws denies, and an assessment that throws is none', () => {
  expect(judgedBy(broken, question)).toMatchObject({ decision: 'deny', reasons: [{ code: 'RULES_FAILED' }] });
  expect(assessedBy(broken, question)).toEqual({});
});

test('what a judge says stands', () => {
  const assessment = { effects: [], rules: [] };
  const allowed = { decision: 'allow', approvals: 0, reasons: [] } as const;
  const judge = { ...broken, judge: () => allowed, assess: () => assessment };
  expect(judgedBy(judge, question)).toBe(allowed);
  expect(assessedBy(judge, question)).toEqual({ assessment });
});
