// What Node keeps of its inner parts, and what becomes of a Node that keeps none.
import { isatty } from 'node:tty';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeBinding } from '../../../src/core/node-binding.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

test('terminals are told as node:tty does', () => {
  const { isTTY } = nodeBinding<{ isTTY(fd: number): boolean }>('tty_wrap') ?? {};
  for (const fd of [0, 1, 2, 9_999]) expect(isTTY?.(fd)).toBe(isatty(fd));
});

test.each([
  [undefined],
  [
    () => {
      throw new Error('no such part');
    },
  ],
])('undefined where there is none', (binding) => {
  vi.stubGlobal('process', { ...process, binding });
  expect(nodeBinding('pipe_wrap')).toBeUndefined();
});
