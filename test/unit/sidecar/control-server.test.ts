// The control channel end to end: server on a real socket, and the bridge an exec would run.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TradeboxError } from '../../../src/core/errors.js';
import type { SidecarStatus } from '../../../src/sidecar/control.js';
import {
  type ControlledSidecar,
  runControlBridge,
  startControlServer,
} from '../../../src/sidecar/control-server.js';

let dir: string;
let socketPath: string;
let server: { close(): Promise<void> };
let events: string[];
let state: ControlledSidecar;

const status: SidecarStatus = {
  protocol: 1,
  sandbox: 'one',
  mode: 'demo',
  paper: true,
  uptimeMs: 1,
  nowMs: 2,
  ca: 'pem\nlines',
  head: { seq: 3, hash: 'ab' },
  counters: { allowed: 1, denied: 2, completed: 3, scrubbed: 4, openConnections: 5 },
  isTainted: false,
  taints: [],
  memory: { rssBytes: 1, heapUsedBytes: 1 },
};

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'tradebox-control-'));
  socketPath = path.join(dir, 'run', 'control.sock');
  events = [];
  state = {
    status: () => status,
    loadPolicy: (policy, attached) => {
      events.push(`policy: ${JSON.stringify(policy)} with ${attached.join()}`);
      return { digest: 'd', rules: 0, closed: 0, unservedPorts: [] };
    },
    rotate: (changes, isReread) => {
      events.push(
        `rotate: ${changes.map(({ credential, field }) => `${credential}.${field}`).join()}${isReread ? ', read again' : ''}`,
      );
      return { switched: changes.length };
    },
    noteEvidence: (cause, message) => void events.push(`evidence: ${cause}: ${message}`),
    rejectPolicy: (message) => void events.push(`rejected: ${message}`),
    orders: {
      list: () => ({ accounts: [], orders: [], notes: [] }),
      approve: async (order, fingerprint, approver) => {
        events.push(`approve: ${order} ${fingerprint} ${approver}`);
        throw new TradeboxError('USAGE', 'no such order');
      },
      reject: () => {
        throw new TradeboxError('USAGE', 'no such order');
      },
      kill: async (order) => {
        events.push(`kill: ${JSON.stringify(order)}`);
        return [];
      },
      resume: () => ({ accounts: [], orders: [], notes: [] }),
      loadGuardrails: ({ confirmed, by }) => {
        events.push(`guardrails: ${confirmed.join()} by ${by}`);
        return { isInForce: true, digest: 'd', loosened: [] };
      },
      rejectGuardrails: (message) => void events.push(`guardrails rejected: ${message}`),
      keys: async () => [{ account: 'one', environment: 'demo', warnings: ['no lock'] }],
    },
    shutdown: async (reason) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`closed: ${reason}`);
    },
  };
  server = await start();
});

afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

const start = () =>
  startControlServer({ path: socketPath, state, onShutdownReplied: () => events.push('replied') });

/** Sends text through the bridge, ends the input, gives what came back. */
async function bridge(text: string): Promise<{ code: number; replies: unknown[] }> {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const received: Buffer[] = [];
  stdout.on('data', (chunk) => received.push(chunk));
  const code = runControlBridge(stdin, stdout, socketPath);
  stdin.end(text);
  const exitCode = await code;
  const lines = Buffer.concat(received).toString().trimEnd().split('\n');
  return { code: exitCode, replies: lines.filter((line) => line !== '').map((line) => JSON.parse(line)) };
}

test('a policy comes through whole, however long, and so does the word that there is none', async () => {
  const policy = { rules: [{ host: 'x'.repeat(200_000) }] };
  const { replies } = await bridge(
    `${JSON.stringify({ op: 'policy', policy, attached: ['a'] })}\n{"op":"policy-problem","message":"bad"}\n`,
  );
  expect(replies).toEqual([
    { ok: true, result: { digest: 'd', rules: 0, closed: 0, unservedPorts: [] } },
    { ok: true, result: {} },
  ]);
  expect(events).toEqual([`policy: ${JSON.stringify(policy)} with a`, 'rejected: bad']);
});

test('new values come through, and no reply holds one', async () => {
  const secret = 's'.repeat(40);
  const changes = [{ credential: 'main', field: 'apiKey', secret }];
  const lines = [
    { op: 'rotate', changes },
    { op: 'rotate', changes, isReread: true },
    { op: 'rotate', changes: [] },
    { op: 'rotate', changes, secret },
  ];
  const { replies } = await bridge(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const done = { ok: true, result: { switched: 1 } };
  expect(replies).toMatchObject([done, done, { ok: false }, { ok: false }]);
  expect(JSON.stringify(replies)).not.toContain(secret);
  expect(events).toEqual(['rotate: main.apiKey', 'rotate: main.apiKey, read again']);
});

test('status comes through the bridge', async () => {
  expect(await bridge('{"op":"status"}\n')).toEqual({ code: 0, replies: [{ ok: true, result: status }] });
});

test('what the venues say of the keys comes through the bridge', async () => {
  const keys = [{ account: 'one', environment: 'demo', warnings: ['no lock'] }];
  const { replies } = await bridge('{"op":"keys"}\n{"op":"keys","account":"one"}\n');
  expect(replies).toMatchObject([{ ok: true, result: { keys } }, { ok: false }]);
});

test('several requests are answered in order, though the input has ended', async () => {
  const { replies } = await bridge('{"op":"shutdown","reason":"a"}\n{"op":"status"}\n');
  expect(replies).toEqual([
    { ok: true, result: {} },
    { ok: true, result: status },
  ]);
  expect(events).toEqual(['closed: a', 'replied']);
});

test.each([
  ['not JSON', 'hello'],
  ['an unknown operation', '{"op":"approve"}'],
  ['an unknown field', '{"op":"status","more":1}'],
  ['a missing field', '{"op":"shutdown"}'],
  ['an empty line', ''],
])('%s is refused', async (_, line) => {
  const { replies } = await bridge(`${line}\n{"op":"status"}\n`);
  expect(replies).toMatchObject([{ ok: false, code: 'USAGE' }, { ok: true }]);
});

test('a failure is told with its code and without its stack', async () => {
  state.status = () => {
    throw new TradeboxError('DISK_FULL', 'no space');
  };
  expect((await bridge('{"op":"status"}\n')).replies).toEqual([
    { ok: false, code: 'DISK_FULL', message: 'no space' },
  ]);
  state.shutdown = () => Promise.reject(new Error('broken'));
  expect((await bridge('{"op":"shutdown","reason":"x"}\n')).replies).toEqual([
    { ok: false, code: 'FAULT', message: 'broken' },
  ]);
});

test('an endless line ends the connection', async () => {
  const { code, replies } = await bridge('x'.repeat(2_000_000));
  expect(code === 0 || code === 70).toBe(true);
  expect(replies[0]).toMatchObject({ ok: false });
});

test('the socket is ours alone', () => {
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(socketPath)).mode & 0o777).toBe(0o700);
});

test('closing ends connections and removes the socket', async () => {
  const socket = net.connect(socketPath);
  await new Promise((resolve) => socket.once('connect', resolve));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await server.close();
  await closed;
  expect(existsSync(socketPath)).toBe(false);
});

test('the socket of a killed process is replaced, other files are not', async () => {
  // A listener's file survives when the process dies; a second server over the first's file is that state.
  const second = await start();
  expect((await bridge('{"op":"status"}\n')).code).toBe(0);
  await second.close();
  writeFileSync(socketPath, 'a file');
  await expect(start()).rejects.toMatchObject({ code: 'SIDECAR_FAILED' });
});

test('without a server the bridge says so', async () => {
  await server.close();
  const { code, replies } = await bridge('{"op":"status"}\n');
  expect(code).toBe(70);
  expect(replies).toMatchObject([{ ok: false, code: 'SIDECAR_FAILED' }]);
});

test('the bridge ends when the server does, though its input stays open', async () => {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  stdout.resume();
  const code = runControlBridge(stdin, stdout, socketPath);
  stdin.write('{"op":"status"}\n');
  await new Promise((resolve) => stdout.once('data', resolve));
  await server.close();
  expect(await code).toBe(0);
});
