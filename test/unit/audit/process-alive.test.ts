// Processes that are there, are another user's, or are gone.
import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { isProcessAlive, startTicksOf } from '../../../src/audit/process-alive.js';

test('this process is there, and one beyond all ids is not', () => {
  expect(isProcessAlive(process.pid)).toBe(true);
  expect(isProcessAlive(2 ** 30)).toBe(false);
});

test('one that may not be signalled is there all the same', () => {
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('not yours'), { code: 'EPERM' });
  });
  expect(isProcessAlive(1)).toBe(true);
  kill.mockRestore();
});

test.skipIf(!existsSync('/proc/self/stat'))('one that began at another time is another one', () => {
  const own = startTicksOf(process.pid);
  expect(own).toMatch(/^\d+$/);
  expect(isProcessAlive(process.pid, own)).toBe(true);
  expect(isProcessAlive(process.pid, `${Number(own) - 1}`)).toBe(false);
  expect(startTicksOf(2 ** 30)).toBe('');
});

test('of one whose beginning cannot be read the id counts', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  expect(isProcessAlive(2 ** 30, '1')).toBe(true);
  kill.mockRestore();
});
