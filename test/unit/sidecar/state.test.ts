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

test('a later run goes on behind the nonces of the one before, though the clock ran back', () => {
  const clock = fixedClock(1_000);
  const tally = new Tally(clock);
  tally.continueAfter(new Date(60_000).toISOString());
  expect(tally.nextNonce('a')).toBe(61_001n);
  clock.set(90_000);
  expect([tally.nextNonce('a'), tally.nextNonce('b')]).toEqual([90_000n, 90_000n]);
});

test('taint is what the fold over the observed records says, by the severities given', () => {
  const at = '1970-01-01T00:00:00.000Z';
  const seen = { at, event: { type: 'taint', cause: 'decoy-misuse', message: 'in the head' } } as const;
  const tally = new Tally(fixedClock(0));
  const told: string[] = [];
  tally.onTaint = (message) => told.push(message);
  expect(tally.isTainted).toBe(false);
  tally.observe(seen);
  tally.observe({ at, event: { type: 'sidecar.stopped', reason: 'x' } });
  expect(told).toEqual(['in the head']);
  expect(tally.isTainted).toBe(true);
  expect(tally.taint.evidence).toEqual([
    { cause: 'decoy-misuse', severity: 'taint', message: 'in the head', at },
  ]);
  const lenient = new Tally(fixedClock(0), { 'decoy-misuse': 'warn' });
  lenient.onTaint = (message) => told.push(message);
  lenient.observe(seen);
  expect(told).toHaveLength(1);
  expect([lenient.isTainted, lenient.taint.count]).toEqual([false, 1]);
});

test('the status fits the control protocol', () => {
  const clock = fixedClock(1000);
  const tally = new Tally(clock);
  clock.set(4000);
  tally.denied = 2;
  const head = { seq: 3, hash: 'h' };
  const status = tally.status(
    { sandbox: { name: 'n', id: 'i' }, mode: 'demo', paper: undefined, nameServers: ['10.0.0.2'] },
    'PEM',
    { head: () => head },
  );
  expect(statusSchema.parse(status)).toMatchObject({
    sandbox: 'n',
    mode: 'demo',
    paper: false,
    uptimeMs: 3000,
    nowMs: 4000,
    head,
    counters: { denied: 2 },
    nameServers: ['10.0.0.2'],
  });
});
