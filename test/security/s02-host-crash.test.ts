// S2 in a crash of the host program: while a command holds a real secret it is signalled and killed every way that makes a core
// file, a report, a heap snapshot or an inspector, and nothing of the secret is found. The control takes the hardening back.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { builtCli, TestHome } from '../support/home.js';
import { filesBelow, hunt, place, recentFiles } from '../support/hunt.js';
import { skipReason } from '../support/requirements.js';

const value = `sk-real-${randomBytes(18).toString('base64url')}`;
/** Whether a core file would be found: a machine may pipe it to a program, or write it elsewhere. */
const writesCores =
  process.platform === 'linux' && readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim() === 'core';
/** What NODE_OPTIONS of a user's shell may ask for. */
const careless = '--heapsnapshot-signal=SIGUSR2 --report-on-signal --report-on-fatalerror';

describe.skipIf(process.platform !== 'linux' || skipReason('docker'))(
  'S2 in a crash of the host program',
  () => {
    const startedMs = Date.now();
    const home = new TestHome();
    afterAll(() => home.dispose());

    /** A command that has read its first bytes, the secret, and waits for more; in a directory of its own, with no limit on core files. */
    async function holding(): Promise<{ child: ChildProcess; directory: string; printed: () => string }> {
      const directory = mkdtempSync(path.join(home.root, 'crash-'));
      const command = [process.execPath, builtCli, 'secrets', 'set', 'crash-key', '--from-stdin'];
      const child = spawn('sh', ['-c', 'ulimit -c unlimited; exec "$0" "$@"', ...command], {
        cwd: directory,
        env: home.environment({
          TRADEBOX_PASSPHRASE: randomBytes(18).toString('hex'),
          NODE_OPTIONS: careless,
        }),
      });
      let printed = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          printed += chunk.toString();
        });
      child.stdin.on('error', () => undefined);
      child.stdin.write(value);
      await expect.poll(() => holdsSecret(child.pid), { timeout: 30_000, interval: 100 }).toBe(true);
      return { child, directory, printed: () => printed };
    }

    const end = (child: ChildProcess, signal: NodeJS.Signals) =>
      new Promise<NodeJS.Signals | null>((resolve) => {
        child.once('exit', (_code, by) => resolve(by));
        child.kill(signal);
      });

    const places = (directory: string, printed: string) => [
      ...filesBelow(directory, 'where it crashed'),
      ...filesBelow(home.home, 'TRADEBOX_HOME'),
      ...recentFiles(path.dirname(home.root), startedMs),
      place('output', printed),
    ];

    test.each(['SIGSEGV', 'SIGABRT'] as const)(
      'no inspector, no heap snapshot, no report; a core file of %s holds nothing',
      async (signal) => {
        const { child, directory, printed } = await holding();
        for (const one of ['SIGUSR1', 'SIGUSR2'] as const) child.kill(one);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect([child.exitCode, child.signalCode]).toEqual([null, null]);
        expect(printed()).not.toMatch(/Debugger listening|snapshot/i);
        expect(readdirSync(directory)).toEqual([]);
        expect(await end(child, signal)).toBe(signal);
        if (writesCores) expect(readdirSync(directory)).toEqual([expect.stringMatching(/^core/)]);
        expect(hunt({ model: value }, places(directory, printed()))).toEqual([]);
      },
    );

    test.skipIf(!writesCores)('control: where its memory may be in one, the core file holds it', async () => {
      const { child, directory, printed } = await holding();
      writeFileSync(`/proc/${child.pid}/coredump_filter`, '0x33');
      expect(await end(child, 'SIGSEGV')).toBe('SIGSEGV');
      expect(hunt({ model: value }, filesBelow(directory, 'where it crashed'))).not.toEqual([]);
      expect(printed()).toBe('');
    });
  },
);

/** Whether a process has the secret in its memory: what it may write, read by who started it. */
function holdsSecret(pid: number | undefined): boolean {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8')
      .split('\n')
      .some((line) => {
        const [, from, to] = /^([0-9a-f]{1,12})-([0-9a-f]{1,12}) rw/.exec(line) ?? [];
        if (from === undefined || to === undefined) return false;
        const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
        return bytesAt(memory, start, Math.min(end - start, 64 * 1_048_576)).includes(value);
      });
  } finally {
    closeSync(memory);
  }
}

function bytesAt(memory: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  try {
    return bytes.subarray(0, readSync(memory, bytes, 0, length, start));
  } catch {
    return Buffer.alloc(0); // a range that was given back meanwhile
  }
}
