import { expect, test } from 'vitest';
import { SessionPool } from '../../../../src/sidecar/http2/session-pool.js';
import type { UpstreamSession } from '../../../../src/sidecar/http2/upstream-session.js';

function setUp() {
  const made: { isUsable: boolean; open(): string; destroy(): void; onGone(): void }[] = [];
  const control = { fails: false };
  const pool = new SessionPool(async (host, _port, onGone) => {
    await Promise.resolve();
    if (control.fails) throw new Error('down');
    const number = made.length;
    const session = { isUsable: true, open: () => `${host} ${number}`, destroy: onGone, onGone };
    made.push(session);
    return session as unknown as UpstreamSession;
  });
  return { made, control, pool };
}

test('requests share one connection to an origin, also while it is being made', async () => {
  const { made, pool } = setUp();
  expect(await Promise.all([pool.stream('a', 1), pool.stream('a', 1), pool.stream('b', 1)])).toEqual([
    'a 0',
    'a 0',
    'b 1',
  ]);
  expect(await pool.stream('a', 1)).toBe('a 0');
  expect([made.length, pool.size]).toEqual([2, 2]);
  pool.close();
  expect(pool.size).toBe(0);
});

test('a full, leaving or ended connection is followed by a new one; a failure is not remembered', async () => {
  const { made, control, pool } = setUp();
  await pool.stream('a', 1);
  Object.assign(made[0] ?? {}, { isUsable: false });
  expect(await pool.stream('a', 1)).toBe('a 1');
  made[1]?.onGone();
  expect(await pool.stream('a', 1)).toBe('a 2');
  made[2]?.onGone();
  control.fails = true;
  await expect(pool.stream('a', 1)).rejects.toThrow('down');
  control.fails = false;
  expect(await pool.stream('a', 1)).toBe('a 3');
});
