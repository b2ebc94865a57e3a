// Temporary directories and a host process for unit tests of the host program: nothing of the real home is touched.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { HostProcess } from '../../src/cli/context.js';
import { type HostEnvironment, readHostEnvironment } from '../../src/config/paths.js';
import { fixedClock } from '../../src/core/clock.js';

/** A directory (0700) that is removed after the test. */
export function temporaryDir(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tradebox-unit-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes a file (0600 unless said otherwise), with its directories (0700). Returns its path. */
export function writeFile(path: string, text: string | Buffer, mode = 0o600): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode });
  return path;
}

/** An environment whose home and TRADEBOX_HOME lie in a temporary directory. */
export function hostEnvironment(dir: string, variables: Record<string, string> = {}): HostEnvironment {
  return readHostEnvironment({
    HOME: dir,
    PATH: process.env.PATH,
    TRADEBOX_HOME: join(dir, 'tradebox'),
    ...variables,
  });
}

export interface TestProcess extends HostProcess {
  stdoutText(): string;
  stderrText(): string;
}

/** A process without a terminal; `input` is what stands on its stdin. */
export function hostProcess(
  dir: string,
  options: { variables?: Record<string, string>; input?: string | Buffer; isTerminal?: boolean } = {},
): TestProcess {
  const stdin = Object.assign(new PassThrough(), { isTTY: options.isTerminal ?? false });
  if (options.input !== undefined) stdin.end(options.input);
  else if (options.isTerminal !== true) stdin.end();
  const stdout = collector();
  const stderr = Object.assign(collector(), { isTTY: options.isTerminal ?? false });
  return {
    stdin,
    stdout,
    stderr,
    env: hostEnvironment(dir, options.variables),
    cwd: dir,
    clock: fixedClock(Date.UTC(2026, 10, 20, 12)),
    interrupts: { signal: new AbortController().signal, onEnd: () => () => {}, takeOver: () => () => {} },
    stdoutText: () => stdout.text(),
    stderrText: () => stderr.text(),
  };
}

function collector(): PassThrough & { text(): string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return Object.assign(stream, { text: () => Buffer.concat(chunks).toString('utf8') });
}

/** What a function throws; fails when it throws nothing. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}
