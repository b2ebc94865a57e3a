import { expect, test } from 'vitest';
import { newSymbolsPerMinute, UntoldTerms } from '../../../../src/sidecar/orders/untold-terms.js';
import type { VenueAdmin } from '../../../../src/venues/admin.js';

const admin = { termsMembers: ['code', 'symbols'] } as unknown as VenueAdmin;
const own = { isUnderstood: false, problem: '', status: 400, members: ['msg', 'code'] } as const;

function start() {
  const time = { nowMs: 1_000_000, waitMs: 0 };
  const terms = new UntoldTerms({ nowMs: () => time.nowMs, waitMs: () => time.waitMs });
  return { time, terms };
}

test.each([
  ['the venue’s own no', own, true],
  ['another of its members', { ...own, status: 200, members: ['symbols'] }, true],
  ['an object of somebody else', { ...own, members: ['fault'] }, false],
  ['what is no object', { ...own, members: [] }, false],
  ['a refused key', { ...own, status: 401 }, false],
  ['a limit, or a fault', { ...own, isTroubled: true }, false],
  ['a fault of the server', { ...own, status: 503 }, false],
  ['no answer', { ...own, status: 0, members: [] }, false],
])('%s', (_name, told, isUnlisted) => {
  const { time, terms } = start();
  expect(terms.mayAsk('X', false)).toBe(true);
  terms.take('X', told, admin);
  expect(terms.isUnlisted('X')).toBe(isUnlisted);
  const forMs = isUnlisted ? 10_000 : 1_500;
  time.nowMs += forMs - 1;
  expect(terms.mayAsk('X', true)).toBe(false);
  time.nowMs += 1;
  expect(terms.mayAsk('X', true)).toBe(true);
});

test('nothing is asked while the venue wants to be left alone, and it uses up nothing', () => {
  const { time, terms } = start();
  time.waitMs = 1;
  for (let at = 0; at < 100; at += 1) expect(terms.mayAsk(`X${at}`, at % 2 === 0)).toBe(false);
  expect([terms.isShut('X0'), terms.isCapped('X99'), terms.isPostponed('X99')]).toEqual([true, false, true]);
  time.waitMs = 0;
  expect([terms.isShut('X0'), terms.mayAsk('X0', false), terms.isPostponed('X0')]).toEqual([
    false,
    true,
    false,
  ]);
});

test('so many new symbols a minute, and no more; familiar ones do not count', () => {
  const { time, terms } = start();
  const ask = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => terms.mayAsk(`N${from + at}`, false)).filter(Boolean).length;
  expect(ask(0, newSymbolsPerMinute + 5)).toBe(newSymbolsPerMinute);
  expect(terms.mayAsk('KNOWN', true)).toBe(true);
  expect([terms.isCapped('N0'), terms.isCapped(`N${newSymbolsPerMinute}`)]).toEqual([false, true]);
  time.nowMs += 59_999;
  expect(ask(1_000, 2_000)).toBe(0);
  time.nowMs += 1;
  expect(terms.mayAsk('N2999', false)).toBe(true);
  expect(terms.isCapped('N2999')).toBe(false);
});
