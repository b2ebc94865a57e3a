import { expect, test } from 'vitest';
import { understandReady } from '../../../src/sandbox/sidecar-start.js';
import { protocolVersion } from '../../../src/sidecar/settings.js';

const ready = {
  ready: true,
  protocol: protocolVersion,
  ca: 'PEM',
  head: { seq: 1, hash: 'aa' },
  startupMs: 40,
  warnings: ['one: the key works from every address'],
};

test('a ready line is understood', () => {
  expect(understandReady(JSON.stringify(ready))).toEqual(ready);
});

test.each<[string, string, RegExp]>([
  ['words', 'Segmentation fault', /something else/],
  ['another shape', '{"ready":true}', /something else/],
  [
    'a refusal',
    '{"ready":false,"code":"CONFIG_INVALID","message":"two rules clash"}',
    /two rules clash \(CONFIG_INVALID\)/,
  ],
  ['another protocol', JSON.stringify({ ...ready, protocol: protocolVersion + 1 }), /speaks protocol/],
])('%s end the start', (_what, line, message) => {
  expect(() => understandReady(line)).toThrow(
    expect.objectContaining({ code: 'SIDECAR_FAILED', message: expect.stringMatching(message) }),
  );
});

test.each(['KEY_CAN_WITHDRAW', 'KEY_OF_OTHER_ENVIRONMENT', 'ACCOUNT_UNCHECKED'])(
  '%s is the user’s to mend',
  (code) => {
    const line = JSON.stringify({
      ready: false,
      code,
      message: 'The key is too strong.',
      remedy: 'Make another.',
    });
    expect(() => understandReady(line)).toThrow(
      expect.objectContaining({ code, remedy: 'Make another.', exitCode: 2 }),
    );
  },
);
