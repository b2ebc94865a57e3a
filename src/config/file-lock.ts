// A lock between processes of one host: a file with the owner's process id and when that process
// began. Left by a dead process, it is taken over, also where another one has its id now.
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive, startTicksOf } from '../audit/process-alive.js';
import { errnoOf, isAbsent, privateFileMode } from './private-files.js';

/** How often a waiter looks again, milliseconds. */
const pollMs = 25;
/** A takeover takes microseconds; an older mark of one is left by a crash. */
const takeoverStaleMs = 30_000;

/**
 * Runs `work` while holding the lock. Returns undefined, without running it, when the lock is not free within `waitMs`;
 * the holder's process id goes to `onBusy`.
 */
export async function withFileLock<Result>(
  path: string,
  waitMs: number,
  work: () => Promise<Result>,
): Promise<{ held: true; result: Result } | { held: false; holder: number | undefined }> {
  const deadline = performance.now() + waitMs;
  while (!acquire(path)) {
    if (performance.now() >= deadline) return { held: false, holder: holderOf(path)?.pid };
    await sleep(pollMs);
  }
  try {
    return { held: true, result: await work() };
  } finally {
    rmSync(path, { force: true });
  }
}

/** The end of a remedy: a file of an earlier version, or on a machine without /proc, tells nothing but a process id. */
export const removeIfLeft = (path: string): string => `If that process is no tradebox, remove ${path}.`;

function acquire(path: string): boolean {
  if (createOwned(path)) return true;
  const holder = holderOf(path);
  if (holder === undefined || isProcessAlive(holder.pid, holder.startTicks)) return false;
  takeOver(path, holder);
  return createOwned(path);
}

/** Removes a dead owner's lock. The mark beside it keeps two waiters from removing each other's fresh lock. */
function takeOver(path: string, dead: Holder): void {
  const mark = `${path}.takeover`;
  if (!createOwned(mark)) {
    if (ageMs(mark) > takeoverStaleMs) rmSync(mark, { force: true });
    return;
  }
  try {
    const now = holderOf(path);
    if (now?.pid === dead.pid && now.startTicks === dead.startTicks) rmSync(path, { force: true });
  } finally {
    rmSync(mark, { force: true });
  }
}

function createOwned(path: string): boolean {
  try {
    const file = openSync(path, 'wx', privateFileMode);
    writeSync(file, `${process.pid} ${startTicksOf(process.pid)}\n`);
    closeSync(file);
    return true;
  } catch (cause) {
    if (errnoOf(cause) === 'EEXIST') return false;
    throw cause;
  }
}

interface Holder {
  pid: number;
  /** `startTicksOf` it; empty where that was not known. */
  startTicks: string;
}

/** Whom a lock names; undefined when there is no lock, or its owner has not written it yet. */
function holderOf(path: string): Holder | undefined {
  try {
    const [first = '', startTicks = ''] = readFileSync(path, 'utf8').trim().split(' ');
    const pid = Number(first);
    if (Number.isInteger(pid) && pid > 0) return { pid, startTicks };
    // A crash between creating and writing leaves an empty lock; nobody lives behind it.
    return ageMs(path) > takeoverStaleMs ? { pid: deadPid, startTicks: '' } : undefined;
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

/** Greater than any process id Linux or macOS gives (pid_max is at most 2^22). */
const deadPid = 2 ** 30;

function ageMs(path: string): number {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch (cause) {
    if (isAbsent(cause)) return 0;
    throw cause;
  }
}
