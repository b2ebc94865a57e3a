// Files and directories that only the caller may read or change: made tight, and refused when they are loose.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { TradeboxError } from '../core/errors.js';

/** Permission bits of our directories. */
export const privateDirMode = 0o700;
/** Permission bits of our files. */
export const privateFileMode = 0o600;

/** Makes a directory with mode 0700, with its parents, or checks the one that exists. Throws CONFIG_MODE_LOOSE. */
export function ensurePrivateDir(path: string): void {
  mkdirSync(path, { recursive: true, mode: privateDirMode });
  assertPrivateDir(path);
}

/** Throws CONFIG_MODE_LOOSE when anyone but the caller can enter, read or change the directory. Absent is fine. */
export function assertPrivateDir(path: string): void {
  assertOwned(path, 'directory', 0o077, 'chmod 700');
}

/** Throws CONFIG_MODE_LOOSE when anyone but the caller can read or change the file. Absent is fine. */
export function assertPrivateFile(path: string): void {
  assertOwned(path, 'file', 0o077, 'chmod 600');
}

/** Throws CONFIG_MODE_LOOSE when anyone but the caller (or root) can change the file or put another in its place. */
export function assertUnwritableByOthers(path: string): void {
  assertOwned(path, 'file', 0o022, 'chmod go-w');
  const dir = dirname(path);
  const stats = statIfPresent(dir);
  // In a sticky directory (/tmp) only a file's owner can replace it.
  const isSticky = stats !== undefined && (stats.mode & 0o1000) !== 0;
  // Group-writable is the default of many distributions, where a user's group holds that user alone.
  if (stats !== undefined && !isSticky) assertOwned(dir, 'directory', 0o002, 'chmod o-w');
}

/** Replaces a file as a whole: written beside it with mode 0600, synced, renamed. A crash leaves the old or the new one. */
export function writePrivateFile(path: string, content: string | Buffer): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = openSync(temporary, 'wx', privateFileMode);
    try {
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw asDiskError(cause, path);
  }
  syncDir(dirname(path));
}

/** The bytes of a file of ours, checked for loose modes first; undefined when it does not exist. */
export function readPrivateFile(path: string): Buffer | undefined {
  assertPrivateFile(path);
  try {
    return readFileSync(path);
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

/** A path as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** True for the errors of a path that is not there. */
export function isAbsent(thrown: unknown): boolean {
  const code = errnoOf(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The `code` of a system error. */
export function errnoOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined;
}

function assertOwned(path: string, noun: 'file' | 'directory', forbidden: number, mend: string): void {
  const stats = statIfPresent(path);
  if (stats === undefined) return;
  const uid = process.getuid?.();
  if (uid !== undefined && stats.uid !== uid && stats.uid !== 0) {
    throw new TradeboxError('CONFIG_MODE_LOOSE', `the ${noun} ${path} belongs to another user`, {
      remedy: `Run: sudo chown ${uid} ${shellWord(path)}`,
    });
  }
  if ((stats.mode & forbidden) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
  const verb = (forbidden & 0o044) === 0 ? 'change' : 'read or change';
  throw new TradeboxError('CONFIG_MODE_LOOSE', `others can ${verb} the ${noun} ${path} (mode ${mode})`, {
    remedy: `Run: ${mend} ${shellWord(path)}`,
  });
}

function statIfPresent(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

function asDiskError(cause: unknown, path: string): unknown {
  const code = errnoOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TradeboxError('DISK_FULL', `no space left to write ${path}`, {
      remedy: 'Free some disk space and run the command again.',
      cause,
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new TradeboxError('USAGE', `cannot write ${path}: ${code}`, {
      remedy: 'Choose a directory that you can write, or mend its permissions.',
      cause,
    });
  }
  return cause;
}

function syncDir(path: string): void {
  const dir = openSync(path, 'r');
  try {
    fsyncSync(dir);
  } finally {
    closeSync(dir);
  }
}
