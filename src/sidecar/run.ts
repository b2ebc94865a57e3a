// The sidecar's process: settings come in as one line, readiness goes out as one line, a last line says that all is closed, and
// nothing else is ever printed (S2).
import type { Readable, Writable } from 'node:stream';
import { systemClock } from '../core/clock.js';
import { exitCodes, messageOf, TradeboxError } from '../core/errors.js';
import { type Closed, controlSocketPath, type Ready } from './control.js';
import { startControlServer } from './control-server.js';
import { hardenProcess } from './hardening.js';
import { protocolVersion, type Settings, settingsSchema } from './settings.js';
import { type Sidecar, startSidecar } from './start.js';

/** Longest settings line, in bytes. */
const maxSettingsBytes = 8 * 1_048_576;
/** The host may be asking a human for the vault's passphrase, or building the agent's image. Without settings nothing listens. */
const settingsDeadlineMs = 45 * 60_000;

/** The first question about keys that no order waits for does not compete with the agent's start. */
const keyCheckMs = 5_000;

/**
 * How long the process stays, with everything closed, once it was asked to end: where a successor starts, the engine would otherwise
 * take this container down beside it, on the same processors. Who asked removes it sooner.
 */
const restMs = 2_000;

export interface RunOptions {
  stdin: Readable;
  stdout: Writable;
  /** Path of the control socket. */
  socketPath?: string;
  exit(code: number): void;
}

/** Starts the sidecar and answers with one Ready line; on failure the line says so and the process ends with 70. */
export async function runSidecar(options: RunOptions): Promise<Sidecar | undefined> {
  const startMs = performance.now();
  options.stdout.on('error', () => {});
  try {
    hardenProcess();
    const settings = parseSettings(await readLine(options.stdin));
    const sidecar = await startSidecar(settings, { clock: systemClock });
    watchProcess(sidecar, options);
    await startControlServer({
      path: options.socketPath ?? controlSocketPath,
      state: sidecar.state,
      onShutdownReplied: () => options.exit(exitCodes.ok),
    });
    const ready: Ready = {
      ready: true,
      protocol: protocolVersion,
      ca: sidecar.caPem,
      head: sidecar.journal.head(),
      startupMs: Math.round(performance.now() - startMs),
      warnings: [...sidecar.warnings],
    };
    await writeLine(options.stdout, ready);
    sidecar.warmUp();
    // The journal has failed, where it throws: no request passes any more (S11).
    setTimeout(() => void sidecar.checkIdleKeys().catch(() => undefined), keyCheckMs).unref();
    return sidecar;
  } catch (error) {
    await writeLine(options.stdout, failure(error));
    options.exit(exitCodes.fault);
    return undefined;
  }
}

/** Our own errors say nothing secret by contract; of anything else only the kind is told. */
function failure(error: unknown): Ready {
  if (error instanceof TradeboxError) {
    return { ready: false, code: error.code, message: messageOf(error), remedy: error.remedy };
  }
  return { ready: false, code: 'SIDECAR_FAILED', message: `The sidecar could not start (${kindOf(error)}).` };
}

/** Name and system code of anything thrown: never its message, which may quote a value. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? `${error.name} ${code}` : error.name;
}

/** @throws TradeboxError CONFIG_INVALID naming the first wrong field, never its value. */
export function parseSettings(line: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw invalidSettings('The settings line is not JSON.');
  }
  const parsed = settingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.') ?? '';
  throw invalidSettings(`The settings do not fit the schema at ${JSON.stringify(at.slice(0, 200))}.`);
}

function invalidSettings(message: string): TradeboxError {
  return new TradeboxError('CONFIG_INVALID', message, {
    remedy: 'Use a sidecar image of the same version as the host program.',
  });
}

/** The first line of a stream. What follows is never read; the stream's end afterwards is of no interest. */
function readLine(stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let pieces: Buffer[] = [];
    let size = 0;
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      stream.removeAllListeners('data');
      stream.removeAllListeners('end');
      stream.pause();
      pieces = [];
      act();
    };
    const fail = (message: string): void => finish(() => reject(invalidSettings(message)));
    const timer = setTimeout(() => fail('No settings came.'), settingsDeadlineMs);
    stream.on('error', () => {});
    stream.on('end', () => fail('The input ended before the settings line did.'));
    stream.on('data', (chunk: Buffer) => {
      const end = chunk.indexOf(10);
      pieces.push(end < 0 ? chunk : chunk.subarray(0, end));
      size += chunk.length;
      if (end >= 0) {
        const line = Buffer.concat(pieces).toString('utf8');
        finish(() => resolve(line));
      } else if (size > maxSettingsBytes) {
        fail('The settings line is too long.');
      }
    });
  });
}

function writeLine(stream: Writable, line: Ready | Closed): Promise<void> {
  return new Promise((resolve) => stream.write(`${JSON.stringify(line)}\n`, () => resolve()));
}

/** S11: an error nobody expected ends the process, and with it the box's network. Only its kind is recorded (S2). */
function watchProcess(
  { state, journal }: Sidecar,
  { stdout, exit }: Pick<RunOptions, 'stdout' | 'exit'>,
): void {
  const stop = (reason: string, code: number, restsMs = 0): void => {
    state
      .shutdown(reason)
      .then(() => writeLine(stdout, { closed: true }))
      .then(() => new Promise((resolve) => setTimeout(resolve, restsMs)))
      .then(
        () => exit(code),
        () => exit(code),
      );
  };
  process.on('SIGTERM', () => stop('ended by the host', exitCodes.ok, restMs));
  process.on('SIGINT', () => stop('SIGINT', exitCodes.ok));
  const crash = (error: unknown): void => {
    try {
      journal.append({ type: 'sidecar.stopped', reason: `unexpected: ${kindOf(error)}` });
    } catch {
      // Nothing more can be recorded.
    }
    exit(exitCodes.fault);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
