// Which engines make boxes otherwise than asked; who runs what is in spec.test.ts.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { socketOwner, warningOf } from '../../../src/sandbox/users.js';

const rootful = { remapsUsers: false, isRootless: false, cgroupVersion: '1' };

test('an engine that maps the users of its containers to others is refused; a rootless one maps the caller to itself', () => {
  expect(() => warningOf({ ...rootful, remapsUsers: true })).toThrow(
    expect.objectContaining({ code: 'ENGINE_UNSUITABLE', remedy: expect.stringContaining('rootless') }),
  );
  expect(() => warningOf({ ...rootful, remapsUsers: true, isRootless: true })).not.toThrow();
});

test('a rootless engine of another user is refused: it could open no file of the caller', () => {
  const caller = { uid: 1000, gid: 1000 };
  const rootless = { ...rootful, isRootless: true, cgroupVersion: '2' };
  expect(() => warningOf(rootless, 1001, caller)).toThrow(
    expect.objectContaining({
      code: 'ENGINE_UNSUITABLE',
      message: expect.stringContaining('as user 1001, and you are user 1000'),
      remedy: expect.stringContaining('as user 1001'),
    }),
  );
  expect(() => warningOf(rootless, 1001, { uid: 0, gid: 0 })).toThrow();
  expect(warningOf(rootless, 1000, caller)).toBeUndefined();
  // Elsewhere than on this machine nobody's ids are known; an engine with root opens everything.
  expect(warningOf(rootless, undefined, caller)).toBeUndefined();
  expect(warningOf(rootful, 0, caller)).toBeUndefined();
});

test('an engine runs as the user that made its socket', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tb-users-'));
  const socketPath = join(directory, 'engine.sock');
  const server = createServer();
  try {
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    expect(socketOwner({ transport: 'unix', socketPath })).toBe(statSync(directory).uid);
    expect(socketOwner({ transport: 'unix', socketPath: join(directory, 'none') })).toBeUndefined();
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
});

test('E8: an engine that sets no limits is told of, others are not', () => {
  expect(warningOf({ ...rootful, isRootless: true })).toContain('sets no limits');
  expect(warningOf({ ...rootful, isRootless: true, cgroupVersion: '2' })).toBeUndefined();
  expect(warningOf(rootful)).toBeUndefined();
});
