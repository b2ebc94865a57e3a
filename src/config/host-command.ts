// Runs a client program of the user's on the host: no shell, no input, a deadline, a bounded output. The only home of execa, which
// is loaded when a program is run: most commands run none.
import type { Readable } from 'node:stream';
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
  const { execa } = await import('execa');
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

/** A program whose output is read while it runs. */
export interface FollowedCommand {
  stdout: Readable;
  /** Resolves when it has ended well. Rejects with its last error lines otherwise: only for programs that handle no secret. */
  done: Promise<void>;
}

/** Starts a program of ours whose standard error is progress, line by line; `timeoutMs` ends it. */
export async function followHostCommand(
  [program = '', ...args]: readonly string[],
  options: Pick<HostCommandOptions, 'env' | 'cwd' | 'timeoutMs'>,
  onLine: (line: string) => void,
): Promise<FollowedCommand> {
  const { execa } = await import('execa');
  const running = execa(program, args, {
    cwd: options.cwd,
    env: options.env.forChildren(),
    extendEnv: false,
    shell: false,
    stdin: 'ignore',
    buffer: false,
    timeout: options.timeoutMs,
    forceKillAfterDelay: 5000,
    reject: false,
  });
  const lastLines: string[] = [];
  const followed = (async () => {
    for await (const line of running.iterable({ from: 'stderr' })) {
      onLine(line);
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
    }
  })();
  const done = Promise.all([running, followed]).then(([ended]) => {
    if (ended.failed) throw new Error([ended.shortMessage, ...lastLines].join('\n'));
  });
  done.catch(() => {}); // whoever reads the output first must not be surprised
  return { stdout: running.stdout, done };
}
