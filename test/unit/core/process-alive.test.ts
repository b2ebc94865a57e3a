// Processes that are there, are another user's, or are gone.
import { expect, test, vi } from 'vitest';
import { isProcessAlive } from '../../../src/core/process-alive.js';

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
