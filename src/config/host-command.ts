// Runs a client program of the user's on the host: no shell, no input, a deadline, a bounded output. The only home of execa.
import { execa } from 'execa';
import type { HostEnvironment } from './paths.js';

export interface HostCommandOptions {
  env: HostEnvironment;
  /** Directory the program runs in, absolute. */
  cwd: string;
  /** Milliseconds until the program is ended. */
  timeoutMs: number;
  /** Bytes of standard output that are read; more ends the program. */
  maxBytes: number;
}

/** How a program ended. Its standard error goes nowhere: it may quote a secret (S2). */
export type HostCommandEnd =
  | { ok: true; stdout: Buffer }
  | { ok: false; reason: 'absent' | 'timeout' | 'too-much' | 'failed'; exitCode?: number };

export type RunHostCommand = (
  argv: readonly string[],
  options: HostCommandOptions,
) => Promise<HostCommandEnd>;

/** Runs a program by name (looked up in PATH) or path, with its arguments as they are. Never throws on what the program does. */
export const runHostCommand: RunHostCommand = async ([program = '', ...args], options) => {
  const ended = await execa(program, args, {
    cwd: options.cwd,
    env: options.env.forChildren(),
    extendEnv: false,
    shell: false,
    // The program may ask for its own unlock on the terminal (`op`, `pass`): it opens /dev/tty for that.
    stdin: 'ignore',
    stderr: 'ignore',
    encoding: 'buffer',
    stripFinalNewline: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 2000,
    maxBuffer: options.maxBytes,
    reject: false,
  });
  if (!ended.failed) return { ok: true, stdout: Buffer.from(ended.stdout) };
  if (ended.timedOut) return { ok: false, reason: 'timeout' };
  if (ended.isMaxBuffer) return { ok: false, reason: 'too-much' };
  if (ended.code === 'ENOENT' || ended.code === 'EACCES') return { ok: false, reason: 'absent' };
  return {
    ok: false,
    reason: 'failed',
    ...(ended.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
  };
};
