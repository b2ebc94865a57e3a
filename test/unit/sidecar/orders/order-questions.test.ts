import { expect, test } from 'vitest';
import type { OrderIntent } from '../../../../src/core/order.js';
import { OrderQuestions } from '../../../../src/sidecar/orders/order-questions.js';

const intents: readonly OrderIntent[] = [
  { venue: 'v', account: 'one', moneyMode: 'DEMO', action: 'place', instrument: 'A' },
];

const asked = (id: string) => ({ id, text: 'Are you sure?' });

test('a question is its account’s own, and forgotten in time', () => {
  let nowMs = 1_000_000;
  const questions = new OrderQuestions(() => nowMs);
  questions.note('one', [asked('q1'), asked('q2')], intents);
  expect(questions.about('one', 'q1')).toEqual([{ ...intents[0], question: 'Are you sure?' }]);
  expect(questions.about('two', 'q1')).toBeUndefined();
  expect(questions.about('one', 'q3')).toBeUndefined();
  nowMs += 600_000;
  expect(questions.about('one', 'q2')).toBeUndefined();
});

test('a venue that asks without end fills no memory: the oldest are forgotten', () => {
  const questions = new OrderQuestions(() => 0);
  const ids = Array.from({ length: 600 }, (_, index) => `q${index}`);
  questions.note('one', ids.map(asked), intents);
  expect(ids.filter((id) => questions.about('one', id) !== undefined)).toHaveLength(500);
  expect(questions.about('one', 'q599')).toHaveLength(1);
});

test('what nobody can read nobody confirms, also where the same question could be read before', () => {
  const questions = new OrderQuestions(() => 0);
  questions.note('one', [asked('q1')], intents);
  questions.note('one', [{ id: 'q1' }, { id: 'q2' }], intents);
  expect([questions.about('one', 'q1'), questions.about('one', 'q2')]).toEqual([undefined, undefined]);
});

test('its text acts on no terminal, and where it is cut two different ones still differ', () => {
  const questions = new OrderQuestions(() => 0);
  const long = 'x'.repeat(5_000);
  const texts = ['a\u001b[2J\n\nb\u202e', `${long}1`, `${long}2`];
  questions.note(
    'one',
    texts.map((text, index) => ({ id: `q${index}`, text })),
    intents,
  );
  const [first, second, third] = texts.map((_, index) => questions.about('one', `q${index}`)?.[0]?.question);
  expect(first).toBe('a\\u{1b}[2J b\\u{202e}');
  expect(second?.length).toBeLessThan(1_200);
  expect(second?.slice(0, 1_000)).toBe(third?.slice(0, 1_000));
  expect(second).not.toBe(third);
});
