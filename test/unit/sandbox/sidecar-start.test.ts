import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { Engine } from '../../../src/sandbox/engine.js';
import { type SidecarParts, startSidecar, understandReady } from '../../../src/sandbox/sidecar-start.js';
import { protocolVersion } from '../../../src/sidecar/settings.js';

/** A machine with the engine on it, and one elsewhere. */
const here = { hostName: 'h', kernel: 'k', read: () => 'nameserver 10.0.0.2\n' };
const elsewhere = { hostName: 'other', kernel: 'k' };

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

/** A start whose old sidecar is still at work; the engine is on a machine that is not `here` unless told so. */
function startBeside(machine: { hostName: string; kernel: string } = elsewhere) {
  const asked: string[] = [];
  const socket = new PassThrough();
  const { promise: closed, resolve: close, reject: live } = withResolvers();
  const write = socket.write.bind(socket);
  socket.write = ((line: string) => {
    asked.push(line.trim());
    return write(framed(JSON.stringify(ready)));
  }) as typeof socket.write;
  const containers = {
    create: async () => 'new',
    attach: async () => ({ socket, isFramed: true }),
    start: async () => asked.push('start'),
  };
  const network = { id: 'n', name: 'n', subnet: { base: 0, bits: 28 } };
  const parts = {
    name: 'lab',
    image: 'i',
    identity: { name: 'lab', id: 'a', profile: 'p', mode: 'demo', isPaper: true, createdAt: '' },
    inside: network,
    egress: async () => network,
    settings: Promise.resolve({ some: 'settings' }),
    user: { uid: 1, gid: 1 },
    journalDir: '/j',
    accountMounts: [],
    mayBegin: closed,
  } as unknown as SidecarParts;
  const api = { containers, networks: { connect: async () => asked.push('connect') } };
  /** As a session that is stopped: the step it waits for goes on, unheard. */
  const { promise: stopped, reject: stop } = withResolvers();
  stopped.catch(() => {});
  const work: Promise<unknown>[] = [];
  const step = <T>(_name: string, act: () => Promise<T>): Promise<T> => {
    const running = act();
    work.push(running);
    running.catch(() => {});
    return Promise.race([running, stopped.then((): never => expect.fail())]);
  };
  const engine = { api, facts: async () => machine } as unknown as Engine;
  const starting = startSidecar(engine, parts, { step, onCreated: () => {} }, here);
  starting.catch(() => {});
  return { asked, socket, starting, work, close, live, stop };
}

function withResolvers() {
  let [resolve, reject]: [() => void, (reason: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

test.each([
  ['is told nothing before the old one has closed', true],
  ['is told nothing where the old one does not close', false],
])('a new sidecar that has started %s', async (_name, comes) => {
  const { asked, socket, starting, close, live } = startBeside();
  await vi.waitFor(() => expect(asked).toEqual(['start', 'connect']));
  if (comes) close();
  else live(new Error('the old one lives'));
  if (comes) expect(await starting).toEqual(ready);
  else await expect(starting).rejects.toThrow('the old one lives');
  expect(asked.slice(2)).toEqual(comes ? ['{"some":"settings"}'] : []);
  expect(socket.destroyed).toBe(true);
});

test('a sidecar that asks the name servers itself is told which they are', async () => {
  const { asked, starting, close } = startBeside(here);
  close();
  expect(await starting).toEqual(ready);
  expect(asked).toContain('{"some":"settings","nameServers":["10.0.0.2"]}');
});

test('a start that is stopped before its sidecar may begin ends as soon as it may, and tells it nothing', async () => {
  const { asked, socket, starting, work, close, stop } = startBeside();
  await vi.waitFor(() => expect(asked).toEqual(['start', 'connect']));
  stop(new Error('interrupted'));
  await expect(starting).rejects.toThrow('interrupted');
  expect(socket.destroyed).toBe(true);
  close();
  expect((await Promise.allSettled(work)).map(({ status }) => status)).toContain('rejected');
  expect(asked.slice(2)).toEqual([]);
});

function framed(line: string): Buffer {
  const text = Buffer.from(`${line}\n`);
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, text]);
}
