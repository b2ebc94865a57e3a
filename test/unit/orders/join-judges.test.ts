import { expect, test } from 'vitest';
import { joinJudges } from '../../../src/orders/join-judges.js';
import type { Judge, Judgement } from '../../../src/orders/judge.js';

const says = (judgement: Partial<Judgement>): Judge => ({
  prepare: async () => {},
  judge: () => ({ decision: 'allow', approvals: 0, reasons: [], ...judgement }),
});
const reason = (code: string) => ({ code, message: '', rule: '' });
const question = { operation: 'o', intents: [], likeness: 'f', stage: 'proposal' } as const;
const joined = (...judges: Judge[]) => joinJudges(judges).judge(question);

test('the strictest decides, every reason is kept', () => {
  const held = says({ decision: 'hold', approvals: 2, reasons: [reason('A')] });
  const denied = says({ decision: 'deny', reasons: [reason('B')] });
  expect(joined(says({}), says({})).decision).toBe('allow');
  expect(joined(says({}), held)).toMatchObject({ decision: 'hold', approvals: 2 });
  for (const both of [joined(held, denied), joined(denied, held)]) {
    expect([both.decision, both.approvals, both.reasons.length]).toEqual(['deny', 0, 2]);
  }
});

test('a halt is kept, whoever asked for it', () => {
  const halts = says({ decision: 'deny', latch: { cause: 'x', endsWaiting: true } });
  const reduces = says({ decision: 'deny', latch: { cause: 'y' } });
  expect(joined(halts, reduces).latch?.cause).toBe('x');
  expect(joined(reduces, halts).latch?.cause).toBe('x');
  expect(joined(reduces, says({})).latch?.cause).toBe('y');
});

test('all are prepared', async () => {
  const seen: string[] = [];
  const judge = (name: string): Judge => ({ ...says({}), prepare: async () => void seen.push(name) });
  await joinJudges([judge('a'), judge('b')]).prepare([]);
  expect(seen).toEqual(['a', 'b']);
});

test('what is known of a held order is told together, also where a judge has nothing to tell', () => {
  const effect = { instrument: 'A', unit: 'base' };
  const rules = ['a', 'b'].map((rule) => ({ rule, margins: [] }));
  const tells = (effects: (typeof effect)[], index: number): Judge => ({
    ...says({}),
    assess: () => ({ effects, rules: rules.slice(index, index + 1) }),
  });
  const judges = [tells([], 0), says({}), tells([effect], 1)];
  expect(joinJudges(judges).assess(question)).toEqual({ effects: [effect], rules });
});
