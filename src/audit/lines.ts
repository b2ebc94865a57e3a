// Streams the lines of a journal directory in constant memory, each with its place.
import fs from 'node:fs';
import path from 'node:path';
import { lockName } from './lock.js';
import { maxLineBytes } from './record.js';
import { listSegments, segmentName } from './segment.js';

/** One line of a journal. */
export interface JournalLine {
  /** File name, e.g. `000001.jsonl`. */
  file: string;
  /** Line number in its file, from 1. */
  line: number;
  /** The bytes without `\n`; empty for a line that is too long to be a record. Valid until the next line is read. */
  bytes: Buffer;
  /** False for bytes at a file's end that no `\n` follows. */
  isComplete: boolean;
  isTooLong: boolean;
}

const readBytes = 256 * 1024;
const newline = 0x0a;
/** A writer may be in the middle of its last line: its end is waited for so many times, so long. */
const unfinishedRetries = 5;
const unfinishedWaitMs = 10;

/**
 * Every line of every segment, in order.
 * @throws the system's error when a file cannot be read, or is a link.
 */
export function* journalLines(dir: string): Generator<JournalLine> {
  const segments = listSegments(dir);
  const isWritten = fs.existsSync(path.join(dir, lockName));
  for (const segment of segments) {
    yield* fileLines(dir, segmentName(segment), isWritten && segment === segments.at(-1));
  }
}

function* fileLines(dir: string, file: string, mayGrow: boolean): Generator<JournalLine> {
  const fd = fs.openSync(path.join(dir, file), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const chunk = Buffer.alloc(readBytes);
    let rest: Buffer = Buffer.alloc(0);
    let isSkipping = false;
    let retries = mayGrow ? unfinishedRetries : 0;
    let line = 1;
    for (;;) {
      const count = fs.readSync(fd, chunk);
      if (count === 0) {
        const isUnfinished = rest.length > 0 || isSkipping;
        if (!isUnfinished) return;
        if (retries === 0) {
          yield { file, line, bytes: rest, isComplete: false, isTooLong: isSkipping };
          return;
        }
        retries -= 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, unfinishedWaitMs);
        continue;
      }
      let from = 0;
      for (let end = indexOfNewline(chunk, from, count); end >= 0; end = indexOfNewline(chunk, from, count)) {
        const piece = chunk.subarray(from, end);
        const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
        const isTooLong = isSkipping || bytes.length > maxLineBytes;
        yield { file, line, bytes: isTooLong ? Buffer.alloc(0) : bytes, isComplete: true, isTooLong };
        rest = Buffer.alloc(0);
        isSkipping = false;
        line += 1;
        from = end + 1;
      }
      if (from < count && !isSkipping) {
        rest = Buffer.concat([rest, chunk.subarray(from, count)]);
        isSkipping = rest.length > maxLineBytes;
        if (isSkipping) rest = Buffer.alloc(0);
      }
    }
  } finally {
    fs.closeSync(fd);
  }
}

function indexOfNewline(chunk: Buffer, from: number, count: number): number {
  const at = chunk.indexOf(newline, from);
  return at < count ? at : -1;
}
