// The circuit breaker: what no venue in order answers, counted in a window; what a venue may say or an agent may cause never counts.
import { expect, test } from 'vitest';
import { abnormalityOf, Breaker, sidecarEnded } from '../../../src/orders/breaker.js';

const limits = { breakerAnswers: 3, breakerMs: 10_000, staleMs: 60_000 };
const lost = (problem: string, status = 0) =>
  ({ type: 'order.answered', order: 'a', outcome: 'unknown', status, problem, outcomes: [] }) as const;

test.each([
  [{ isDone: true, status: 503, body: '{}' }, 'server error'],
  [{ isDone: false, status: 200, body: '' }, 'no whole answer'],
  [{ isDone: false, status: 0, body: '' }, 'no whole answer'],
  [{ isDone: true, status: 200, body: '<html>oops</html>' }, 'garbage'],
  [{ isDone: true, status: 200, body: '{"code":"51001"}' }, undefined],
  [{ isDone: true, status: 429, body: 'slow down' }, undefined],
  [{ isDone: true, status: 403, body: '<html>' }, undefined],
])('%j is %s', (answer, what) => {
  expect(abnormalityOf({ ...answer, body: Buffer.from(answer.body) })).toBe(what);
});

test('so many within the window open it, with their kinds; the same many over a longer time do not', () => {
  const burst = new Breaker(limits);
  expect(burst.note('garbage', 0)).toBeUndefined();
  expect(burst.note('server error', 1)).toBeUndefined();
  expect(burst.note('garbage', 9_999)).toBe(
    'circuit breaker: 3 abnormal answers of the venue within 10 s (garbage, server error)',
  );
  const slow = new Breaker(limits);
  for (const atMs of [0, 5_000, 10_000, 15_000, 20_000]) expect(slow.note('garbage', atMs)).toBeUndefined();
});

test('lost orders count, but not those that the agent or the sidecar gave up; a resumption counts anew', () => {
  const breaker = new Breaker(limits);
  breaker.apply(lost('UPSTREAM_RESET'), 0);
  breaker.apply(lost('UPSTREAM_TIMEOUT'), 1);
  expect(breaker.apply(lost('CLIENT_GONE'), 2)).toBeUndefined();
  expect(breaker.apply(lost(sidecarEnded), 3)).toBeUndefined();
  breaker.apply({ type: 'trading.state', account: 'a', state: 'ACTIVE', cause: 'resumed', by: 'me' }, 4);
  expect(breaker.apply(lost('UPSTREAM_RESET'), 5)).toBeUndefined();
  expect(breaker.apply(lost('ANSWER_UNREADABLE', 503), 6)).toBeUndefined();
  expect(breaker.apply(lost('UPSTREAM_RESET'), 7)).toMatch(/outcome unknown, server error/);
});

test('a stale quote counts; a fresh one, one without a time and an old last trade do not', () => {
  const breaker = new Breaker({ ...limits, breakerAnswers: 1 });
  expect(breaker.price({ atMs: 40_000 }, 100_000)).toBeUndefined();
  expect(breaker.price({}, 100_000)).toBeUndefined();
  expect(breaker.price({ atMs: 0, isOfTrade: true }, 100_000)).toBeUndefined();
  expect(breaker.price({ atMs: 39_999 }, 100_000)).toMatch(/stale price/);
});
