import { expect, test } from 'vitest';
import { RequestRates } from '../../../src/sidecar/request-rates.js';
import { rule } from '../../support/pipeline-world.js';

test('so many requests pass within any minute, per rule, and what is refused is not counted', () => {
  const rates = new RequestRates();
  const capped = rule('a.test', { requestsPerMinute: 2 });
  const take = (atMs: number) => rates.take(capped, atMs);
  expect([take(0), take(30_000), take(59_999), take(60_000), take(60_001), take(90_000)]).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(rates.take(rule('b.test', { requestsPerMinute: 1 }), 60_001)).toBe(true);
});

test('a reload of the same line keeps its count; a rule without a cap has none', () => {
  const rates = new RequestRates();
  expect(rates.take(rule('a.test', { requestsPerMinute: 1 }), 0)).toBe(true);
  expect(rates.take(rule('a.test', { requestsPerMinute: 1 }), 1)).toBe(false);
  expect(Array.from({ length: 5 }, () => rates.take(rule('c.test'), 0))).not.toContain(false);
});
