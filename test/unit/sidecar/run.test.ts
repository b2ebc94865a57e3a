import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { readySchema } from '../../../src/sidecar/control.js';
import { kindOf, parseSettings, runSidecar } from '../../../src/sidecar/run.js';
import { protocolVersion } from '../../../src/sidecar/settings.js';
import { freePorts } from '../../support/sidecar-box.js';

const dir = mkdtempSync(path.join(tmpdir(), 'tradebox-run-'));
const signals = [
  'SIGTERM',
  'SIGINT',
  'SIGUSR1',
  'SIGUSR2',
  'uncaughtException',
  'unhandledRejection',
  'warning',
] as const;
const before = signals.map((name) => [name, process.listeners(name as NodeJS.Signals)] as const);
const mask = process.umask();
// The sidecar owns its process; a test that lends it its own takes the listeners off again.
afterEach(() => {
  process.umask(mask);
  for (const [name, listeners] of before) {
    process.removeAllListeners(name);
    for (const listener of listeners) process.on(name as NodeJS.Signals, listener);
  }
  rmSync(dir, { recursive: true, force: true });
});

const secret = `real-${randomBytes(12).toString('hex')}`;
async function settingsLine(patch: object = {}): Promise<string> {
  const [tls, http, connect] = await freePorts(3);
  return JSON.stringify({
    protocol: protocolVersion,
    sandbox: { name: 'n', id: 'i' },
    mode: 'readonly',
    network: { address: '127.0.0.1', dnsPort: 0, httpPorts: [http], tlsPorts: [tls], connectPort: connect },
    journalDir: path.join(dir, 'journal'),
    policy: { rules: [] },
    credentials: [],
    pins: [],
    echo: { host: 'echo.tradebox.internal' },
    ...patch,
  });
}

/** Runs the sidecar in this process; gives its one line and its exit code. */
async function start(input: string | Buffer, end = true) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const codes: number[] = [];
  stdin.write(input);
  if (end) stdin.end();
  const sidecar = await runSidecar({
    stdin,
    stdout,
    socketPath: path.join(dir, 'control.sock'),
    exit: (code) => codes.push(code),
  });
  const text = stdout.read()?.toString() ?? '';
  return { sidecar, codes, stdout, text, ready: readySchema.parse(JSON.parse(text)) };
}

test('one line in, one line out, and the end of the input ends nothing', async () => {
  const { sidecar, codes, text, ready } = await start(
    `${await settingsLine({ nameServers: ['10.0.0.2'] })}\n`,
  );
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(ready).toMatchObject({ ready: true, protocol: protocolVersion, ca: sidecar?.caPem });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(codes).toEqual([]);
  expect(sidecar?.state.status()).toMatchObject({ sandbox: 'n', nameServers: ['10.0.0.2'] });
  await sidecar?.state.shutdown('test');
});

test('keys that no order waits for are asked about once the agent has started', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const { sidecar } = await start(`${await settingsLine()}\n`);
  const later = timers.mock.calls.filter(([, ms]) => ms === 5_000);
  timers.mockRestore();
  if (sidecar === undefined) throw new Error('the sidecar did not start');
  const asked = vi.spyOn(sidecar, 'checkIdleKeys');
  for (const [act] of later) act();
  expect(asked).toHaveBeenCalledOnce();
  await sidecar.state.shutdown('test');
});

test.each([
  ['no JSON', async () => 'nonsense\n', 'CONFIG_INVALID'],
  ['no line', async () => '{', 'CONFIG_INVALID'],
  ['nothing', async () => '', 'CONFIG_INVALID'],
  ['another protocol', async () => `${await settingsLine({ protocol: 99 })}\n`, 'CONFIG_INVALID'],
  ['an unknown field', async () => `${await settingsLine({ secretly: secret })}\n`, 'CONFIG_INVALID'],
  [
    'a malformed credential',
    async () => `${await settingsLine({ credentials: [{ kind: 'plain', id: 'x', secret }] })}\n`,
    'CONFIG_INVALID',
  ],
  [
    'a policy that does not compile',
    async () =>
      `${await settingsLine({ policy: { rules: [{ host: '*', ports: [1], methods: [secret], paths: ['/'], reason: 'r', origin: 'o' }] } })}\n`,
    'SIDECAR_FAILED',
  ],
  [
    'an address that is not ours',
    async () =>
      `${await settingsLine({ network: { address: '192.0.2.1', dnsPort: 0, httpPorts: [], tlsPorts: [], connectPort: 1 } })}\n`,
    'SIDECAR_FAILED',
  ],
])('%s: not ready, without a secret, and the process ends', async (_name, input, code) => {
  const { sidecar, codes, text, ready } = await start(await input());
  expect(sidecar).toBeUndefined();
  expect(ready).toMatchObject({ ready: false, code });
  expect(codes).toEqual([70]);
  expect(text).not.toContain(secret);
});

test('an unexpected error is recorded by its kind alone, and ends the process', async () => {
  const { sidecar, codes } = await start(`${await settingsLine()}\n`);
  const events: unknown[] = [];
  if (sidecar !== undefined) sidecar.journal.append = (event) => events.push(event);
  process.listeners('uncaughtException').at(-1)?.(new TypeError(`quotes ${secret}`), 'uncaughtException');
  expect(codes).toEqual([70]);
  expect(events).toEqual([{ type: 'sidecar.stopped', reason: 'unexpected: TypeError' }]);
  await sidecar?.state.shutdown('test');
});

test('SIGTERM closes the journal and says so; the process rests before it ends', async () => {
  const { sidecar, codes, stdout } = await start(`${await settingsLine()}\n`);
  const timers = vi.spyOn(globalThis, 'setTimeout').mockReturnThis();
  process.listeners('SIGTERM').at(-1)?.('SIGTERM');
  await sidecar?.stopped;
  await vi.waitFor(() => expect(stdout.read()?.toString()).toBe('{"closed":true}\n'));
  await vi.waitFor(() => expect(timers.mock.calls.some(([, ms]) => ms === 2_000)).toBe(true));
  expect(codes).toEqual([]);
  timers.mock.calls.find(([, ms]) => ms === 2_000)?.[0]();
  timers.mockRestore();
  await new Promise((resolve) => setImmediate(resolve));
  expect(codes).toEqual([0]);
});

test('an error is told by name and system code', () => {
  expect(kindOf(Object.assign(new Error(secret), { code: 'EADDRINUSE' }))).toBe('Error EADDRINUSE');
  expect(kindOf(Object.assign(new RangeError(secret), { code: secret }))).toBe('RangeError');
  expect(kindOf(secret)).toBe('string');
});

test('a schema problem is told by its place, not its value', async () => {
  expect(() => parseSettings(`{"mode":"${secret}"}`)).toThrow(/schema at/);
  expect(() => parseSettings(`{"mode":"${secret}"}`)).not.toThrow(new RegExp(secret));
});
