// Sessions that venues want of their keys: opened at the start, kept, told when they cannot be, and ended with the sidecar.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { keepSessions, type Sessions } from '../../../src/sidecar/sessions.js';
import type { AskVenue, CallAccount } from '../../../src/sidecar/venue-calls.js';

let sessions: Sessions | undefined;
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  sessions?.close();
  vi.useRealTimers();
});

/** `answers` in turn, the last one again and again. */
function keep(answers: readonly unknown[], kept: (...given: readonly unknown[]) => unknown = () => 'call') {
  let asked = 0;
  const ask = (async () => answers[Math.min(asked++, answers.length - 1)]) as unknown as AskVenue;
  const venue = { title: 'Bank', admin: { session: { everyMs: 60_000, keep: kept } } };
  const account = { id: 'one', venue, environment: 'demo', real: {} } as unknown as CallAccount;
  const granted: string[] = [];
  const onGranted = ({ id }: CallAccount, token: Secret) => void granted.push(`${id}: ${token.reveal()}`);
  sessions = keepSessions({ accounts: [account], ask, randomBytes: Buffer.alloc, onGranted });
  return { granted, asked: () => asked };
}

const open = { isUnderstood: true, value: { isOpen: true } };
const closed = { isUnderstood: true, value: { isOpen: false } };

test('an open session is kept at its pace until the sidecar ends', async () => {
  const { asked } = keep([open]);
  expect(await sessions?.ready()).toEqual([]);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(61_000);
  expect(asked()).toBe(3);
  sessions?.close();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked()).toBe(3);
});

test('one that does not open is told and tried again soon', async () => {
  const { asked } = keep([closed, { isUnderstood: false, problem: 'no', status: 401 }, open]);
  expect(await sessions?.ready()).toEqual([
    expect.stringContaining('one: no session at Bank (the venue does not open one)'),
  ]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked()).toBe(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked()).toBe(3);
});

test('the start waits for a way out, and a credential that cannot open one is no crash', async () => {
  keep([{ isUnderstood: false, problem: 'unreachable', status: 0 }, open]);
  const ready = sessions?.ready();
  await vi.advanceTimersByTimeAsync(300);
  expect(await ready).toEqual([]);
  keep([open], () => {
    throw new Error('the key is none');
  });
  expect(await sessions?.ready()).toEqual([expect.stringContaining('the key is none')]);
});

test('what a venue grants is told with the account whose it is', async () => {
  const { granted } = keep([open], (_at, _real, _randomBytes, onGranted) =>
    (onGranted as (token: Secret) => void)(new Secret('token-1')),
  );
  await sessions?.ready();
  expect(granted).toEqual(['one: token-1']);
});
