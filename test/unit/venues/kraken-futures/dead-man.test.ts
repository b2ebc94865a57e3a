// What it does at the venue, on paper: test/unit/sidecar/orders/dead-man.test.ts.
import { expect, test } from 'vitest';
import { setDeadMan } from '../../../../src/venues/kraken-futures/dead-man.js';

const at = { environment: 'live' } as const;
const textOf = (timeoutMs: number) => setDeadMan(at, timeoutMs, 1_000).request.body.toString();

test('a time is set, and taken back', () => {
  expect(setDeadMan(at, 60_000, 1_000).request).toMatchObject({
    method: 'POST',
    path: '/derivatives/api/v3/cancelallordersafter',
  });
  expect(textOf(60_000)).toContain('timeout=60');
  expect(textOf(0)).toContain('timeout=0');
});

test.each([
  [
    '{"result":"success","status":{"currentTime":"2018-06-19T16:51:23.839Z","triggerTime":"2018-06-19T16:52:23.839Z"}}',
    true,
  ],
  ['{"result":"error","error":"apiLimitExceeded"}', false],
  ['<html>', undefined],
])('%s', (text, expected) => {
  const answer = { status: 200, body: Buffer.from(text) };
  expect(setDeadMan(at, 60_000, 1_000).read(answer)).toBe(expected);
});
