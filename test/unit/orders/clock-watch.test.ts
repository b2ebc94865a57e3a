import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { ClockWatch, clockSlackMs, clockText } from '../../../src/orders/clock-watch.js';

/** A machine: time passes, it sleeps, somebody sets its clock. */
function machine() {
  const at = { shown: 1_000_000, awake: 5, whole: 9 };
  const watch = new ClockWatch({
    nowMs: () => at.shown,
    passed: { awakeMs: () => at.awake, wholeMs: () => at.whole },
  });
  return {
    watch,
    pass(ms: number, shownMs = ms): void {
      at.shown += shownMs;
      at.awake += ms;
      at.whole += ms;
    },
    sleep(ms: number): void {
      at.shown += ms;
      at.whole += ms;
    },
    set(ms: number): void {
      at.shown += ms;
    },
  };
}

test.each([-11_000, 11_000, -86_400_000, 86_400_000])('a clock set by %i ms is noticed once', (ms) => {
  const one = machine();
  one.pass(60_000);
  one.set(ms);
  expect(one.watch.setBy()).toBe(ms);
  one.pass(60_000);
  expect(one.watch.setBy()).toBeUndefined();
});

test('small steps add up: nothing is gained by many of them', () => {
  const one = machine();
  one.set(9_000);
  expect(one.watch.setBy()).toBeUndefined();
  one.set(9_000);
  expect(one.watch.setBy()).toBe(18_000);
});

test('sleep and slewing are no setting', () => {
  const one = machine();
  one.sleep(8 * 3_600_000);
  expect(one.watch.setBy()).toBeUndefined();
  for (let day = 0; day < 60; day += 1) {
    one.pass(86_400_000, 86_400_000 * 1.0004);
    expect(one.watch.setBy()).toBeUndefined();
  }
  // Neither hides what is done afterwards.
  one.sleep(8 * 3_600_000);
  one.set(-60_000);
  expect(one.watch.setBy()).toBeLessThan(-50_000);
  one.sleep(8 * 3_600_000);
  expect(one.watch.setBy()).toBeUndefined();
  one.set(-8 * 3_600_000);
  expect(one.watch.setBy()).toBeCloseTo(-8 * 3_600_000, -1);
});

test('whatever is done, the clock never runs away from time by more than the slack without being noticed', () => {
  const step = fc.record({ pass: fc.nat(1_000_000), set: fc.integer({ min: -20_000, max: 20_000 }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const one = machine();
      let [unnoticed, sinceMs] = [0, 0];
      for (const { pass, set } of steps) {
        one.pass(pass);
        one.set(set);
        unnoticed += set;
        sinceMs += pass;
        const noticed = one.watch.setBy();
        if (noticed === undefined) {
          expect(Math.abs(unnoticed)).toBeLessThanOrEqual(clockSlackMs + sinceMs / 1_000);
          continue;
        }
        expect(noticed).toBe(unnoticed);
        [unnoticed, sinceMs] = [0, 0];
      }
    }),
  );
});

test('a clock that nobody sets is not watched; this machine tells both times', () => {
  expect(new ClockWatch({ nowMs: () => Math.random() * 1e12 }).setBy()).toBeUndefined();
  expect(new ClockWatch(systemClock).setBy()).toBeUndefined();
  expect(systemClock.passed?.wholeMs()).toBeGreaterThan(0);
  expect(clockText(-61_200)).toBe("this machine's clock was set 61 s back");
});
