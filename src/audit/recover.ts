// Finds where a journal ends, and cuts off a last line that a crash left unfinished.
import fs from 'node:fs';
import path from 'node:path';
import { TradeboxError } from '../core/errors.js';
import type { JournalHead } from './events.js';
import { genesisHash, hashLine, maxLineBytes, parseRecord } from './record.js';
import { listSegments, openSegment, segmentName } from './segment.js';

/** Where the next record goes. */
export interface JournalTail {
  segment: number;
  /** True when that segment has yet to be made. */
  isNew: boolean;
  segmentSize: number;
  head: JournalHead;
  /** Bytes of the unfinished line that were cut off; 0 after a clean end. */
  droppedBytes: number;
}

const newline = 0x0a;

/**
 * The journal's end. Only an unfinished last line (no `\n`) is ever cut: whole lines are evidence, and one that is not a
 * record stops us instead.
 * @throws TradeboxError JOURNAL_BROKEN.
 */
export function recoverTail(dir: string): JournalTail {
  const segments = listSegments(dir);
  const last = segments.at(-1);
  if (last === undefined) {
    return { segment: 1, isNew: true, segmentSize: 0, head: { seq: 0, hash: genesisHash }, droppedBytes: 0 };
  }
  const end = cutUnfinishedLine(dir, last);
  // A crash right after rotation leaves an empty file: the chain's end is in the one before.
  for (const segment of segments.reverse()) {
    const line = readLastLine(dir, segment);
    if (line === undefined) continue;
    const record = parseRecord(line);
    if (record === undefined) throw broken(dir, segment, 'its last line is not a record');
    const head = { seq: record.seq, hash: hashLine(line) };
    return { segment: last, isNew: false, segmentSize: end.size, head, droppedBytes: end.droppedBytes };
  }
  const head = { seq: 0, hash: genesisHash };
  return { segment: last, isNew: false, segmentSize: end.size, head, droppedBytes: end.droppedBytes };
}

function cutUnfinishedLine(dir: string, segment: number): { size: number; droppedBytes: number } {
  const fd = openSegment(dir, segment, false);
  try {
    const { size } = fs.fstatSync(fd);
    const window = readWindow(fd, size);
    const droppedBytes = window.length - (window.lastIndexOf(newline) + 1);
    if (droppedBytes === 0) return { size, droppedBytes };
    if (droppedBytes > maxLineBytes) throw broken(dir, segment, 'its last line has no end');
    fs.ftruncateSync(fd, size - droppedBytes);
    fs.fdatasyncSync(fd);
    return { size: size - droppedBytes, droppedBytes };
  } finally {
    fs.closeSync(fd);
  }
}

function readLastLine(dir: string, segment: number): Buffer | undefined {
  const fd = openSegment(dir, segment, false);
  try {
    const window = readWindow(fd, fs.fstatSync(fd).size);
    if (window.length === 0) return undefined;
    if (window.at(-1) !== newline) throw broken(dir, segment, 'its last line has no end');
    return window.subarray(window.lastIndexOf(newline, window.length - 2) + 1, window.length - 1);
  } finally {
    fs.closeSync(fd);
  }
}

/** The file's last bytes: room for one unfinished and one whole line of the greatest length. */
function readWindow(fd: number, size: number): Buffer {
  const length = Math.min(size, 2 * (maxLineBytes + 1));
  const window = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const count = fs.readSync(fd, window, filled, length - filled, size - length + filled);
    if (count === 0) break;
    filled += count;
  }
  return window.subarray(0, filled);
}

function broken(dir: string, segment: number, why: string): TradeboxError {
  const file = path.join(dir, segmentName(segment));
  return new TradeboxError('JOURNAL_BROKEN', `The journal file ${file} was damaged or changed: ${why}.`, {
    remedy:
      'Look at it with: tradebox audit verify. Keep the evidence and start a clean box with: tradebox reset --keep-evidence <dir>.',
  });
}
