// The files of a journal: `000001.jsonl`, `000002.jsonl` … in one private directory.
import fs from 'node:fs';
import path from 'node:path';
import { TradeboxError } from '../core/errors.js';

/** Size at which the next record goes to a new file, in bytes. */
export const defaultSegmentBytes = 64 * 1024 * 1024;

const segmentPattern = /^\d{6,}\.jsonl$/;

/** The file name of the nth segment, counted from 1. */
export function segmentName(number: number): string {
  return `${String(number).padStart(6, '0')}.jsonl`;
}

/** Numbers of the segments that exist, ascending; empty when the directory does not exist. Other files are ignored. */
export function listSegments(dir: string): number[] {
  let names: string[];
  try {
    names = fs.readdirSync(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => segmentPattern.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

/** Opens a segment to append to, 0600, never through a link. `created` makes the file and fails if it exists. */
export function openSegment(dir: string, number: number, created: boolean): number {
  const { O_RDWR, O_APPEND, O_NOFOLLOW, O_CREAT, O_EXCL } = fs.constants;
  const flags = O_RDWR | O_APPEND | O_NOFOLLOW | (created ? O_CREAT | O_EXCL : 0);
  const fd = fs.openSync(path.join(dir, segmentName(number)), flags, 0o600);
  if (created) syncDirectory(dir);
  return fd;
}

/**
 * Makes the directory (0700) or checks the one that is there.
 * @throws TradeboxError CONFIG_MODE_LOOSE when others have rights on it and we may not take them away.
 */
export function preparePrivateDirectory(dir: string): void {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  if (isPrivate(dir)) return;
  try {
    fs.chmodSync(dir, 0o700);
  } catch {
    // Not ours to mend: the check below says so.
  }
  if (isPrivate(dir)) return;
  throw new TradeboxError('CONFIG_MODE_LOOSE', `The journal directory ${dir} is open to other users.`, {
    remedy: `Run: chmod 700 ${dir}`,
  });
}

function isPrivate(dir: string): boolean {
  return (fs.statSync(dir).mode & 0o077) === 0;
}

/** Makes a new directory entry survive a power cut (fsync(2): "also necessary for the directory"). */
function syncDirectory(dir: string): void {
  const fd = fs.openSync(dir, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
