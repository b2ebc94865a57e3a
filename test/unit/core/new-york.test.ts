import { expect, test } from 'vitest';
import { newYorkTime } from '../../../src/core/new-york.js';

test('the time is New York’s, in winter and in summer', () => {
  expect(newYorkTime(Date.UTC(2026, 0, 5, 14, 30, 7))).toBe('2026-01-05 09:30:07');
  expect(newYorkTime(Date.UTC(2026, 6, 6, 13, 30))).toBe('2026-07-06 09:30:00');
});
