// What it does at the venue, on paper: test/unit/sidecar/orders/dead-man.test.ts.
import { expect, test } from 'vitest';
import { setDeadMan } from '../../../../src/venues/okx/dead-man.js';

const at = { environment: 'live' } as const;
const textOf = (timeoutMs: number) => setDeadMan(at, timeoutMs, 1_000).request.body.toString();

test('a time is set, and taken back', () => {
  expect(setDeadMan(at, 60_000, 1_000).request).toMatchObject({
    method: 'POST',
    path: '/api/v5/trade/cancel-all-after',
  });
  expect(textOf(60_000)).toContain('"timeOut":"60"');
  expect(textOf(0)).toContain('"timeOut":"0"');
});

test.each([
  ['{"code":"0","data":[{"triggerTime":"1587971460","tag":"","ts":"1587971400"}],"msg":""}', true],
  ['{"code":"51000","data":[],"msg":"Parameter timeOut error"}', false],
  ['<html>', undefined],
])('%s', (text, expected) => {
  const answer = { status: 200, body: Buffer.from(text) };
  expect(setDeadMan(at, 60_000, 1_000).read(answer)).toBe(expected);
});
