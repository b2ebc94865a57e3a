import { expect, test } from 'vitest';
import { fixedClock } from '../../../src/core/clock.js';
import { statusSchema } from '../../../src/sidecar/control.js';
import { Tally } from '../../../src/sidecar/state.js';

// ATTACKS C4.
test('nonces rise per credential while the clock stands still or runs back', () => {
  const clock = fixedClock(1000);
  const tally = new Tally(clock);
  expect([tally.nextNonce('a'), tally.nextNonce('a'), tally.nextNonce('b')]).toEqual([1000n, 1001n, 1000n]);
  clock.set(500);
  expect(tally.nextNonce('a')).toBe(1002n);
  clock.set(5000);
  expect(tally.nextNonce('a')).toBe(5000n);
});

test('taint stays, with its evidence, of which only so much is kept', () => {
  const tally = new Tally(fixedClock(0));
  expect(tally.isTainted).toBe(false);
  for (let index = 0; index < 150; index += 1) tally.taint('decoy-misuse', `number ${index}`);
  expect(tally.isTainted).toBe(true);
  expect(tally.taints).toHaveLength(100);
  expect(tally.taints[0]).toEqual({
    cause: 'decoy-misuse',
    message: 'number 0',
    at: '1970-01-01T00:00:00.000Z',
  });
});

test('the status fits the control protocol', () => {
  const clock = fixedClock(1000);
  const tally = new Tally(clock);
  clock.set(4000);
  tally.denied = 2;
  const head = { seq: 3, hash: 'h' };
  const status = tally.status({ sandbox: { name: 'n', id: 'i' }, mode: 'demo', paper: undefined }, 'PEM', {
    head: () => head,
  });
  expect(statusSchema.parse(status)).toMatchObject({
    sandbox: 'n',
    mode: 'demo',
    paper: false,
    uptimeMs: 3000,
    nowMs: 4000,
    head,
    counters: { denied: 2 },
  });
});
