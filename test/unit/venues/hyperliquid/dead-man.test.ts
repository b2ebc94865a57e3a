// What it does at the venue, on paper: test/unit/sidecar/orders/dead-man.test.ts.
import { expect, test } from 'vitest';
import { setDeadMan } from '../../../../src/venues/hyperliquid/dead-man.js';

const at = { environment: 'live' } as const;
const textOf = (timeoutMs: number) => setDeadMan(at, timeoutMs, 1_000).request.body.toString();

test('a time is set, and taken back', () => {
  expect(setDeadMan(at, 60_000, 1_000).request).toMatchObject({ method: 'POST', path: '/exchange' });
  expect(textOf(60_000)).toContain('"type":"scheduleCancel","time":61000');
  expect(textOf(0)).not.toContain('time"');
});

test.each([
  ['{"status":"ok","response":{"type":"default"}}', true],
  ['{"status":"err","response":"Cannot set scheduled cancel time until enough volume traded"}', false],
  ['<html>', undefined],
])('%s', (text, expected) => {
  const answer = { status: 200, body: Buffer.from(text) };
  expect(setDeadMan(at, 60_000, 1_000).read(answer)).toBe(expected);
});
