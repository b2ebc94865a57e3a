import { expect, test } from 'vitest';
import type { OrderIntent } from '../../../../src/core/order.js';
import { OrderQuestions } from '../../../../src/sidecar/orders/order-questions.js';

const intents: readonly OrderIntent[] = [
  { venue: 'v', account: 'one', moneyMode: 'DEMO', action: 'place', instrument: 'A' },
];

test('a question is its account’s own, and forgotten in time', () => {
  let nowMs = 1_000_000;
  const questions = new OrderQuestions(() => nowMs);
  questions.note('one', ['q1', 'q2'], intents);
  expect(questions.about('one', 'q1')).toBe(intents);
  expect(questions.about('two', 'q1')).toBeUndefined();
  expect(questions.about('one', 'q3')).toBeUndefined();
  nowMs += 600_000;
  expect(questions.about('one', 'q2')).toBeUndefined();
});

test('a venue that asks without end fills no memory: the oldest are forgotten', () => {
  const questions = new OrderQuestions(() => 0);
  const ids = Array.from({ length: 600 }, (_, index) => `q${index}`);
  questions.note('one', ids, intents);
  expect(ids.filter((id) => questions.about('one', id) !== undefined)).toHaveLength(500);
  expect(questions.about('one', 'q599')).toBe(intents);
});
