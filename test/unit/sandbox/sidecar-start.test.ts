import { expect, test } from 'vitest';
import type { Engine } from '../../../src/sandbox/engine.js';
import { type SidecarParts, startSidecar, understandReady } from '../../../src/sandbox/sidecar-start.js';
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

test('a new sidecar waits for the end of the old one, and does not start where that fails', async () => {
  const asked: string[] = [];
  const containers = {
    create: async () => 'new',
    attach: async () => ({ socket: { destroy: () => asked.push('let go') }, isFramed: true }),
    start: async () => asked.push('start'),
  };
  const user = { uid: 1, gid: 1 };
  const network = { id: 'n', name: 'n', subnet: { base: 0, bits: 28 } };
  const parts = {
    name: 'lab',
    image: 'i',
    identity: { name: 'lab', id: 'a', profile: 'p', mode: 'demo', isPaper: true, createdAt: '' },
    inside: network,
    egress: async () => network,
    settings: new Promise(() => {}),
    user,
    journalDir: '/j',
    accountMounts: [],
    mayStart: Promise.reject(new Error('the old one lives')),
  } as unknown as SidecarParts;
  const hooks = { step: <T>(_name: string, work: () => Promise<T>) => work(), onCreated: () => {} };
  const starting = startSidecar(
    { api: { containers }, facts: async () => ({ hostName: '', kernel: '' }) } as unknown as Engine,
    parts,
    hooks,
  );
  await expect(starting).rejects.toThrow('the old one lives');
  expect(asked).toEqual(['let go']);
});
