// Whose lock is respected and whose is taken over.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory, lockName } from '../../../src/audit/lock.js';

let dir: string;
const file = (): string => path.join(dir, lockName);
const busy = expect.objectContaining({ code: 'JOURNAL_BUSY' });

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'tradebox-lock-'));
});

afterEach(() => fs.rmSync(dir, { recursive: true }));

/** A lock file as this process would write it, with changes. */
function plant(changes: Record<string, unknown>): void {
  const lock = lockDirectory(dir);
  const holder = JSON.parse(fs.readFileSync(file(), 'utf8'));
  lock.release();
  fs.writeFileSync(file(), JSON.stringify({ ...holder, ...changes }));
}

test('one holder at a time; the file is private and goes with it', () => {
  const lock = lockDirectory(dir);
  expect(fs.statSync(file()).mode & 0o777).toBe(0o600);
  expect(() => lockDirectory(dir)).toThrow(busy);
  lock.assertHeld();
  lock.release();
  lock.release();
  expect(fs.existsSync(file())).toBe(false);
  expect(() => lock.assertHeld()).toThrow(busy);
  lockDirectory(dir).release();
});

describe.runIf(process.platform === 'linux')('a holder in our pid namespace', () => {
  test('that lives is respected', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    try {
      const stat = fs.readFileSync(`/proc/${child.pid}/stat`, 'latin1');
      plant({ pid: child.pid, startTicks: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] });
      expect(() => lockDirectory(dir)).toThrow(busy);
    } finally {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    lockDirectory(dir).release();
  });

  test('whose pid now is another process is dead', () => {
    plant({ startTicks: '1' });
    lockDirectory(dir).release();
  });
});

test.each([
  ['another container', { pidNamespace: 'pid:[1]' }],
  ['before the last boot', { bootId: 'another' }],
])('a holder of %s cannot be asked: the lock is taken over', (_, changes) => {
  plant(changes);
  const lock = lockDirectory(dir);
  lock.assertHeld();
  lock.release();
});

test.each(['', 'not JSON', '{}', 'null', '{"pid":"1"}'])(
  'a lock that names nobody is taken over: %j',
  (text) => {
    fs.writeFileSync(file(), text);
    lockDirectory(dir).release();
  },
);

test('whoever was taken over notices, and does not remove the new lock', () => {
  const first = lockDirectory(dir);
  fs.rmSync(file());
  const second = lockDirectory(dir);
  expect(() => first.assertHeld()).toThrow(busy);
  first.release();
  second.assertHeld();
  second.release();
});
