// Folds a journal that sidecars wrote, as fast as its chain can be proven: what a restart waits for. Whatever is not laid out as
// `encodeRecord` does, or does not fit, is left to the reader that tells what is wrong with it.
import fs from 'node:fs';
import path from 'node:path';
import type { JournalEvent } from './events.js';
import { genesisHash, hashLine } from './record.js';
import { listSegments, segmentName } from './segment.js';
import { readJournal } from './verify.js';

/** A line that is longer is rare. */
const readBytes = 64 * 1024;
const isoLength = '2026-11-20T00:00:00.000Z'.length;
const isoDayLength = '2026-11-20T'.length;

/**
 * Gives each event with its time, milliseconds since the epoch, in order. An unfinished last line is left out, as the next start would.
 * @throws TradeboxError JOURNAL_BROKEN as `readJournal`; what was given until then is of no worth.
 */
export function foldJournal(dir: string, take: (event: JournalEvent, atMs: number) => void): void {
  const timeOf = createTimeReader();
  const chain = { seq: 0, hash: genesisHash };
  // Compared where it stands: a text that is put together for that costs more than all the rest.
  const takeLine: TakeLine = (text, from, end) => {
    const seqStart = from + layout.seq.length;
    const seqEnd = text.indexOf(',', seqStart);
    const atStart = seqEnd + layout.at.length;
    const prevStart = atStart + isoLength + layout.prev.length;
    const eventStart = prevStart + chain.hash.length + layout.event.length;
    const isNext =
      text.startsWith(layout.seq, from) &&
      isNumber(text, seqStart, seqEnd, chain.seq + 1) &&
      text.startsWith(layout.at, seqEnd) &&
      text.startsWith(layout.prev, atStart + isoLength) &&
      text.startsWith(chain.hash, prevStart) &&
      text.startsWith(layout.event, prevStart + chain.hash.length) &&
      eventStart < end &&
      text.charCodeAt(end - 1) === closingBrace;
    if (!isNext) return false;
    const event = parseEvent(text.slice(eventStart, end - 1));
    const atMs = timeOf(text.slice(atStart, atStart + isoLength));
    if (event === undefined || Number.isNaN(atMs)) return false;
    // Of text beyond ASCII it is another hash than that of its bytes: the next line does not fit then.
    chain.hash = hashLine(text.slice(from, end));
    chain.seq += 1;
    take(event, atMs);
    return true;
  };
  if (isSegmentsTaken(dir, takeLine)) return;
  let passed = 0;
  for (const { at, event } of readJournal(dir, { isExact: false })) {
    passed += 1;
    if (passed > chain.seq) take(event, Date.parse(at));
  }
}

/** Takes the line between two places of a text, the latter that of its `\n`. False when it is not the next one. */
type TakeLine = (text: string, from: number, end: number) => boolean;

const layout = { seq: '{"seq":', at: ',"at":"', prev: '","prev":"', event: '","event":' } as const;
const closingBrace = 0x7d;

/** Whether the number is written there, as JSON writes it. */
function isNumber(text: string, from: number, end: number, wanted: number): boolean {
  let rest = wanted;
  for (let index = end - 1; index >= from; index -= 1) {
    const next = Math.floor(rest / 10);
    if (text.charCodeAt(index) !== zeroDigit + rest - 10 * next) return false;
    // Nothing is left of it, so neither may be of the text.
    if (next === 0) return index === from;
    rest = next;
  }
  return false;
}

const zeroDigit = 0x30;

/** False at the first line that is not taken, or has no end, or when a file cannot be read. */
function isSegmentsTaken(dir: string, takeLine: TakeLine): boolean {
  const chunk = Buffer.alloc(readBytes);
  try {
    return listSegments(dir).every((segment) => {
      const fd = fs.openSync(
        path.join(dir, segmentName(segment)),
        fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW,
      );
      try {
        return isFileTaken(fd, chunk, takeLine);
      } finally {
        fs.closeSync(fd);
      }
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return false;
  }
}

function isFileTaken(fd: number, chunk: Buffer, takeLine: TakeLine): boolean {
  /** Bytes of a line that is not whole yet, at the chunk's start. */
  let kept = 0;
  for (;;) {
    const count = fs.readSync(fd, chunk, kept, chunk.length - kept, null);
    if (count === 0) return kept === 0;
    const length = kept + count;
    const text = chunk.toString('latin1', 0, length);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (!takeLine(text, from, end)) return false;
      from = end + 1;
    }
    if (from === 0 && length === chunk.length) return false;
    chunk.copyWithin(0, from, length);
    kept = length - from;
  }
}

function parseEvent(text: string): JournalEvent | undefined {
  try {
    const event: unknown = JSON.parse(text);
    const isEvent =
      typeof event === 'object' && event !== null && typeof (event as { type?: unknown }).type === 'string';
    return isEvent ? (event as JournalEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds since the epoch of what `toISOString` writes, the day worked out once; NaN for what it does not write. */
export function createTimeReader(): (at: string) => number {
  let day = '-';
  let dayMs = Number.NaN;
  let last = '';
  let lastMs = Number.NaN;
  return (at) => {
    if (at === last) return lastMs;
    last = at;
    if (!at.startsWith(day)) {
      day = at.slice(0, isoDayLength);
      dayMs = Date.parse(`${day}00:00:00.000Z`);
    }
    lastMs = isoTime.test(at) ? dayMs + timeOfDay(at) : Number.NaN;
    return lastMs;
  };
}

const isoTime = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

function timeOfDay(at: string): number {
  const digits = (from: number, to: number): number => {
    let value = 0;
    for (let index = from; index < to; index += 1) value = value * 10 + at.charCodeAt(index) - 48;
    return value;
  };
  return ((digits(11, 13) * 60 + digits(14, 16)) * 60 + digits(17, 19)) * 1_000 + digits(20, 23);
}
