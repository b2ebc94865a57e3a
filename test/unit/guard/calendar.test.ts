import { expect, test } from 'vitest';
import { isWithin, startOfDayMs } from '../../../src/guard/calendar.js';

const day = (iso: string, zone: string) => new Date(startOfDayMs(Date.parse(iso), zone)).toISOString();

test('a day begins at midnight of its zone', () => {
  expect(day('2026-11-20T14:30:15.250Z', 'UTC')).toBe('2026-11-20T00:00:00.000Z');
  expect(day('2026-11-20T14:30:15.250Z', 'America/New_York')).toBe('2026-11-20T05:00:00.000Z');
  expect(day('2026-11-20T15:30:00.000Z', 'Asia/Tokyo')).toBe('2026-11-20T15:00:00.000Z');
});

test.each<[string, string, boolean]>([
  ['at the opening', '2026-11-20T22:00:00Z', true],
  ['before it', '2026-11-20T21:59:59Z', false],
  ['past midnight it is still the session of the day before', '2026-11-21T03:59:59Z', true],
  ['at the close', '2026-11-21T04:00:00Z', false],
  ['a day later none begins', '2026-11-21T22:00:00Z', false],
  ['and none goes on', '2026-11-22T01:00:00Z', false],
])('a session past midnight: %s', (_title, at, open) => {
  const session = { days: ['fri'], from: '22:00', to: '04:00', timeZone: 'UTC' };
  expect(isWithin(Date.parse(at), session)).toBe(open);
});
