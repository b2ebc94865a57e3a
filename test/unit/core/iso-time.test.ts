import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime } from '../../../src/core/iso-time.js';

test('equals Date’s own text, also for the second written before, another one, and times before the epoch', () => {
  const edge = 8.64e15;
  fc.assert(
    fc.property(fc.integer({ min: -edge, max: edge }), fc.integer({ min: 0, max: 2_000 }), (ms, later) => {
      const then = Math.min(edge, ms + later);
      expect(isoTime(ms)).toBe(new Date(ms).toISOString());
      expect(isoTime(then)).toBe(new Date(then).toISOString());
    }),
  );
  for (const ms of [0, 7, 42, 999, 1000, -1, -999, -1000, edge, -edge, 1.5])
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
});

test('refuses what is no time, and goes on', () => {
  expect(() => isoTime(Number.NaN)).toThrow(RangeError);
  expect(() => isoTime(8.64e15 + 1)).toThrow(RangeError);
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z');
});
