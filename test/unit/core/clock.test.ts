import { expect, test } from 'vitest';
import { fixedClock, systemClock } from '../../../src/core/clock.js';

test('a fixed clock moves only when told; the system clock is now', () => {
  const clock = fixedClock(5);
  expect(clock.nowMs()).toBe(5);
  clock.set(9);
  expect(clock.nowMs()).toBe(9);
  expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1_000);
});
