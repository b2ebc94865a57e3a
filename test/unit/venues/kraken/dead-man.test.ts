// What it does at the venue, on paper: test/unit/sidecar/orders/dead-man.test.ts.
import { expect, test } from 'vitest';
import { setDeadMan } from '../../../../src/venues/kraken/dead-man.js';

const at = { environment: 'live' } as const;
const textOf = (timeoutMs: number) => setDeadMan(at, timeoutMs, 1_000).request.body.toString();

test('a time is set, and taken back', () => {
  expect(setDeadMan(at, 60_000, 1_000).request).toMatchObject({
    method: 'POST',
    path: '/0/private/CancelAllOrdersAfter',
  });
  expect(textOf(60_000)).toContain('timeout=60');
  expect(textOf(0)).toMatch(/timeout=0$/);
});

test.each([
  ['{"error":[],"result":{"currentTime":"2023-03-24T17:41:56Z","triggerTime":"2023-03-24T17:42:56Z"}}', true],
  ['{"error":["EGeneral:Permission denied"]}', false],
  ['<html>', undefined],
])('%s', (text, expected) => {
  const answer = { status: 200, body: Buffer.from(text) };
  expect(setDeadMan(at, 60_000, 1_000).read(answer)).toBe(expected);
});
