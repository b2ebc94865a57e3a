// One journal record as one line of bytes: encoding, hash and parsing. Pure.
import { hash } from 'node:crypto';
import type { JournalRecord } from './events.js';

/** What the first record of a journal is chained to. */
export const genesisHash = '0'.repeat(64);

/** Longest line of a journal in bytes without its `\n`; bounds the memory of every reader. */
export const maxLineBytes = 1024 * 1024;

const notPrintableAscii = /[^\x20-\x7e]/;
const everyNotPrintableAscii = /[^\x20-\x7e]/g;
const hexHash = /^[0-9a-f]{64}$/;

/**
 * The record as JSON in printable ASCII, without `\n`. JSON.stringify leaves DEL, C1 controls, bidirectional marks
 * and line separators as they are; here they become `\uXXXX`, so that no terminal or line reader acts on them (E3).
 */
export function encodeRecord(record: JournalRecord): string {
  const { seq, at, prev, event } = record;
  if (at !== lastAt) {
    lastAt = at;
    lastAtText = printable(JSON.stringify(at));
  }
  // Looked through part by part: as a whole the line would have to be laid out anew for that.
  return `{"seq":${seq},"at":${lastAtText},"prev":"${printable(prev)}","event":${printable(JSON.stringify(event))}}`;
}

/** The time that was written last, and its text: many records share one millisecond. */
let lastAt: string | undefined;
let lastAtText = '';

function printable(text: string): string {
  return notPrintableAscii.test(text) ? text.replace(everyNotPrintableAscii, escapeUnit) : text;
}

/** Lower-case hex SHA-256 of a line's bytes without `\n`. */
export function hashLine(line: string | Buffer): string {
  return hash('sha256', line, 'hex');
}

/**
 * The record of a line, or undefined when the line is not one. `isExact`: nor when it is not in its canonical form, so that no
 * two readers see two records in it. A reader of what this program wrote leaves that to the chain.
 */
export function parseRecord(line: Buffer, isExact = true): JournalRecord | undefined {
  const text = line.toString('latin1');
  if (isExact && notPrintableAscii.test(text)) return undefined;
  try {
    return recordAsWritten(text, isExact) ?? recordInAnyForm(text);
  } catch {
    return undefined;
  }
}

const parts = { seq: '{"seq":', at: ',"at":"', prev: '","prev":"', event: '","event":' } as const;

/** A line laid out as `encodeRecord` does, its event alone parsed and, where that is asked for, written again: most of what reading a journal costs. */
function recordAsWritten(text: string, isExact: boolean): JournalRecord | undefined {
  const seqEnd = text.indexOf(',', parts.seq.length);
  const atStart = seqEnd + parts.at.length;
  const atEnd = text.indexOf('"', atStart);
  const prevStart = atEnd + parts.prev.length;
  const prevEnd = prevStart + genesisHash.length;
  const eventStart = prevEnd + parts.event.length;
  const isLaidOut =
    text.startsWith(parts.seq) &&
    text.startsWith(parts.at, seqEnd) &&
    text.startsWith(parts.prev, atEnd) &&
    text.startsWith(parts.event, prevEnd) &&
    text.endsWith('}');
  if (!isLaidOut) return undefined;
  const seq = Number(text.slice(parts.seq.length, seqEnd));
  const at = text.slice(atStart, atEnd);
  if (at.includes('\\') || !text.startsWith(`${seq},`, parts.seq.length)) return undefined;
  const written = text.slice(eventStart, -1);
  const value = { seq, at, prev: text.slice(prevStart, prevEnd), event: JSON.parse(written) };
  if (!isRecord(value)) return undefined;
  return !isExact || (hexHash.test(value.prev) && JSON.stringify(value.event) === written)
    ? value
    : undefined;
}

function recordInAnyForm(text: string): JournalRecord | undefined {
  const value: unknown = JSON.parse(text);
  // Duplicate keys, spaces or other spellings would let two readers see two records in one line.
  return isRecord(value) && hexHash.test(value.prev) && encodeRecord(value) === text ? value : undefined;
}

function isRecord(value: unknown): value is JournalRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, at, prev, event } = value as Partial<Record<keyof JournalRecord, unknown>>;
  return (
    Number.isSafeInteger(seq) &&
    typeof at === 'string' &&
    typeof prev === 'string' &&
    typeof event === 'object' &&
    event !== null &&
    typeof (event as { type?: unknown }).type === 'string'
  );
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
