// One writer per journal directory: a lock file that names its holder, and a fence for holders nobody can ask.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { TradeboxError } from '../core/errors.js';
import { isProcessAlive, startTicksOf } from './process-alive.js';

/** Name of the lock file in the directory. */
export const lockName = 'writer.lock';

const maxAttempts = 5;

/** Longer than a holder that lives after all writes before it notices that it was taken over. */
const takeoverPauseMs = 20;

/** Who holds the lock. Process ids mean something only in their own boot and pid namespace. */
interface Holder {
  pid: number;
  /** `/proc/sys/kernel/random/boot_id`; empty where there is no /proc. */
  bootId: string;
  /** `/proc/self/ns/pid`, e.g. `pid:[4026531836]`; empty where there is no /proc. */
  pidNamespace: string;
  /** `startTicksOf` the holder: tells a reused pid from its own. */
  startTicks: string;
  token: string;
}

export interface DirectoryLock {
  /** @throws TradeboxError JOURNAL_BUSY once another writer has taken the directory over. */
  assertHeld(): void;
  /** Gives the lock up if it is still ours. */
  release(): void;
}

/**
 * Takes the directory for this process.
 *
 * A lock whose holder is alive in our pid namespace is respected. Any other is taken over: after a crash the sidecar
 * starts again in a new container over the same directory and cannot see whether a pid of the old one lives. Taking
 * over unlinks the old lock file; should its holder live after all, its open descriptor then has no name any more,
 * `assertHeld` throws, and it never acknowledges another record. The same fence decides a race of two newcomers.
 * @throws TradeboxError JOURNAL_BUSY when the holder is alive.
 */
export function lockDirectory(dir: string): DirectoryLock {
  const file = path.join(dir, lockName);
  let isTakenOver = false;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const fd = createExclusively(file);
    if (fd !== undefined) {
      const lock = heldLock(file, fd);
      if (isTakenOver) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, takeoverPauseMs);
      return lock;
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) throw busy(dir, `process ${holder.pid} writes it`);
    removeIfThere(file);
    isTakenOver = true;
  }
  throw busy(dir, 'several processes try to write it at once');
}

function heldLock(file: string, fd: number): DirectoryLock {
  fs.writeSync(fd, `${JSON.stringify(thisProcess())}\n`);
  let isReleased = false;
  const isOurs = (): boolean => fs.fstatSync(fd).nlink > 0;
  return {
    assertHeld() {
      if (isReleased || !isOurs()) throw busy(path.dirname(file), 'another process took it over');
    },
    release() {
      if (isReleased) return;
      isReleased = true;
      if (isOurs()) removeIfThere(file);
      fs.closeSync(fd);
    },
  };
}

function createExclusively(file: string): number | undefined {
  try {
    return fs.openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch {
    // Gone, or its writer died before it wrote: nobody to respect.
    return undefined;
  }
}

function isHolder(value: unknown): value is Holder {
  const holder = value as Partial<Record<keyof Holder, unknown>> | null;
  return (
    typeof holder === 'object' &&
    Number.isSafeInteger(holder?.pid) &&
    typeof holder?.bootId === 'string' &&
    typeof holder.pidNamespace === 'string' &&
    typeof holder.startTicks === 'string'
  );
}

function isAlive(holder: Holder): boolean {
  const self = thisProcess();
  if (holder.bootId !== self.bootId || holder.pidNamespace !== self.pidNamespace) return false;
  if (self.pidNamespace !== '') return startTicksOf(holder.pid) === holder.startTicks;
  return isProcessAlive(holder.pid);
}

function thisProcess(): Holder {
  return {
    pid: process.pid,
    bootId: readOrEmpty(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOrEmpty(() => fs.readlinkSync('/proc/self/ns/pid')),
    startTicks: startTicksOf(process.pid),
    token: randomUUID(),
  };
}

function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function removeIfThere(file: string): void {
  fs.rmSync(file, { force: true });
}

function busy(dir: string, why: string): TradeboxError {
  return new TradeboxError('JOURNAL_BUSY', `The journal ${dir} is in use: ${why}.`, {
    remedy: 'Stop the other sandbox of this name or account, then start this one again.',
  });
}
