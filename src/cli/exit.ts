// How the CLI ends: the one place that turns what was thrown into an exit code, a message and, for faults, a log file.
import { join } from 'node:path';
import type { Paths } from '../config/paths.js';
import { ensurePrivateDir, errnoOf, writePrivateFile } from '../config/private-files.js';
import type { Clock } from '../core/clock.js';
import { exitCodes, messageOf, TradeboxError } from '../core/errors.js';
import { signalCodes } from './interrupts.js';
import type { Output } from './output.js';
import { Interrupted } from './prompt.js';

export interface FaultPlace {
  paths: Paths | undefined;
  clock: Clock;
  /** Version of tradebox, for the log. */
  version: string;
}

/** Reports what was thrown and gives the exit code. User errors show no stack; the stack of a fault goes to a log file. */
export function endWith(thrown: unknown, output: Output, place: FaultPlace): number {
  if (thrown instanceof Interrupted) return signalCodes.SIGINT;
  if (thrown instanceof TradeboxError && thrown.kind !== 'fault') {
    output.error(thrown);
    return thrown.exitCode;
  }
  if (errnoOf(thrown) === 'ENOSPC') {
    const full = new TradeboxError('DISK_FULL', `no space left on the disk: ${messageOf(thrown)}`, {
      remedy: 'Free some disk space and run the command again.',
    });
    output.error(full);
    return full.exitCode;
  }
  const log = writeFaultLog(thrown, place);
  const remedy =
    log === undefined
      ? 'The stack could not be written to the log directory.'
      : `The stack is in ${log}; please report it.`;
  const fault = thrown instanceof TradeboxError ? thrown : new TradeboxError('FAULT', messageOf(thrown));
  output.error(
    new TradeboxError(fault.code, fault.message, {
      remedy: [fault.remedy, remedy].filter(Boolean).join(' '),
    }),
  );
  return exitCodes.fault;
}

/** Writes the stack, and those of its causes, to `<state>/logs/`; undefined when that fails too. */
function writeFaultLog(thrown: unknown, place: FaultPlace): string | undefined {
  if (place.paths === undefined) return undefined;
  try {
    ensurePrivateDir(place.paths.stateDir);
    ensurePrivateDir(place.paths.logsDir);
    const stamp = new Date(place.clock.nowMs()).toISOString().replaceAll(':', '-');
    const path = join(place.paths.logsDir, `fault-${stamp}-${process.pid}.log`);
    const header = `tradebox ${place.version}, node ${process.version}, ${process.platform} ${process.arch}`;
    writePrivateFile(path, `${header}\n\n${stackOf(thrown)}\n`);
    return path;
  } catch {
    // A log that cannot be written must not hide the fault itself.
    return undefined;
  }
}

/** Stacks only: an error's other members could hold what must not be written (S2). */
function stackOf(thrown: unknown, depth = 0): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.stack ?? `${thrown.name}: ${thrown.message}`;
  return thrown.cause === undefined || depth > 8
    ? own
    : `${own}\ncaused by: ${stackOf(thrown.cause, depth + 1)}`;
}
