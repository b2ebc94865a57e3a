// The header fields of one head, kept as offsets into its bytes: no object per field. Strict RFC 9112 section 5; no I/O.
import type { HeaderList } from '../../core/http.js';

/** Why a message is refused. Whatever two parsers could read differently is one of these (ATTACKS B4). */
export type MalformedCode =
  | 'HEAD_TOO_LARGE'
  | 'BARE_LF'
  | 'BAD_START_LINE'
  | 'BAD_METHOD'
  | 'NOT_HTTP'
  | 'BAD_TARGET'
  | 'BAD_VERSION'
  | 'BAD_STATUS'
  | 'BAD_FIELD_NAME'
  | 'BAD_FIELD_VALUE'
  | 'OBS_FOLD'
  | 'TOO_MANY_FIELDS'
  | 'HOST_MISSING'
  | 'HOST_DUPLICATE'
  | 'LENGTH_BAD'
  | 'LENGTH_DUPLICATE'
  | 'LENGTH_WITH_CHUNKED'
  | 'CODING_UNKNOWN'
  | 'CONNECTION_OPTION'
  | 'CONNECTION_FIELD'
  | 'PSEUDO_FIELD'
  | 'EXPECT_UNKNOWN'
  | 'FIELD_DUPLICATE'
  | 'CHUNK_SIZE_BAD'
  | 'CHUNK_EXTENSION_TOO_LARGE'
  | 'CHUNK_END_BAD'
  | 'TRAILER_BAD'
  | 'BODY_TOO_LARGE';

export class Malformed {
  readonly code: MalformedCode;
  /** The name of what was spoken instead of HTTP, where it is known. */
  readonly protocol: string | undefined;
  constructor(code: MalformedCode, protocol?: string) {
    this.code = code;
    this.protocol = protocol;
  }
}

/** Largest head accepted, in bytes. */
export const maxHeadBytes = 65_536;
const maxFields = 200;

const CR = 13;
const LF = 10;
const COLON = 58;
const SP = 32;
const HTAB = 9;

/** 1 for the characters of a token (RFC 9110 section 5.6.2). */
export const tokenBytes = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  tokenBytes[char.charCodeAt(0)] = 1;
}
/** 1 for the bytes a field value may hold: visible, space, tab, and opaque bytes from 0x80. */
const valueBytes = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1)
  if (byte === HTAB || (byte >= SP && byte !== 127)) valueBytes[byte] = 1;

/** A field's name: as it was sent, and in lower case. */
interface FieldName {
  readonly sent: string;
  readonly lower: string;
}

/**
 * Names that were met last, by a hash of their bytes. Clients and venues send the same few in every head: the same text again
 * needs no copy, no lower case of its own, and its hash is known wherever it is looked up.
 */
const knownNames: (FieldName | undefined)[] = new Array(512).fill(undefined);
/** Longer ones are not kept. */
const maxKnownBytes = 64;

/** The name at `start..end` of `raw`, whose latin1 is `text`; `hash` is any function of its bytes. */
function nameAt(raw: Buffer, text: string, start: number, end: number, hash: number): FieldName {
  const slot = hash & (knownNames.length - 1);
  const known = knownNames[slot];
  if (known !== undefined && known.sent.length === end - start && text.startsWith(known.sent, start))
    return known;
  // A text of its own: a slice would keep the whole head.
  const sent = raw.toString('latin1', start, end);
  const name = { sent, lower: sent.toLowerCase() };
  if (end - start <= maxKnownBytes) knownNames[slot] = name;
  return name;
}

/** The fields of one head. `names` are lower-case; the value of field `i` stands at `valueStart(i)..valueEnd(i)` of `raw`. */
export class Fields {
  readonly raw: Buffer;
  readonly names: string[] = [];
  readonly #sentNames: string[] = [];
  /** `raw` as latin1, made once: a slice of a text costs a fraction of a call for bytes. */
  readonly #text: string;
  readonly #at: number[] = [];

  constructor(raw: Buffer, text = raw.toString('latin1')) {
    this.raw = raw;
    this.#text = text;
  }

  get count(): number {
    return this.names.length;
  }

  /** `hash` is any function of the name's bytes. */
  add(nameStart: number, nameEnd: number, hash: number, valueStart: number, valueEnd: number): void {
    const { sent, lower } = nameAt(this.raw, this.#text, nameStart, nameEnd, hash);
    this.names.push(lower);
    this.#sentNames.push(sent);
    this.#at.push(nameStart, valueStart, valueEnd);
  }

  lineStart(index: number): number {
    return this.#at[index * 3] ?? 0;
  }

  valueStart(index: number): number {
    return this.#at[index * 3 + 1] ?? 0;
  }

  valueEnd(index: number): number {
    return this.#at[index * 3 + 2] ?? 0;
  }

  value(index: number): string {
    return this.#text.slice(this.valueStart(index), this.valueEnd(index));
  }

  /** `name: value` as it came, without CRLF and without white space after the value. */
  line(index: number): string {
    return this.#text.slice(this.lineStart(index), this.valueEnd(index));
  }

  /** Index of the first field of that lower-case name, or -1. */
  find(name: string): number {
    return this.names.indexOf(name);
  }

  /** The value of the first field of that lower-case name. */
  get(name: string): string | undefined {
    const index = this.names.indexOf(name);
    return index < 0 ? undefined : this.value(index);
  }

  /** The values of all fields of that lower-case name as one (RFC 9110 section 5.3): for what no second field may hide. */
  combined(name: string): string | undefined {
    const index = this.names.indexOf(name);
    if (index < 0 || !this.names.includes(name, index + 1)) return index < 0 ? undefined : this.value(index);
    return this.names.flatMap((one, at) => (one === name ? [this.value(at)] : [])).join(', ');
  }

  /** As a list of pairs, names as sent: for the venues, which need the whole request. */
  list(): HeaderList {
    return this.#sentNames.map((name, index) => [name, this.value(index)]);
  }
}

/** Reads `name: value CRLF` lines from `from` up to the empty line that ends at `end`; `text` is `raw` as latin1, where it is at hand. */
export function scanFields(raw: Buffer, from: number, end: number, text?: string): Fields | Malformed {
  const fields = new Fields(raw, text);
  let at = from;
  const last = end - 2; // the empty line's CRLF
  while (at < last) {
    const nameStart = at;
    if (raw[at] === SP || raw[at] === HTAB) return new Malformed('OBS_FOLD');
    let hash = 0;
    let byte = raw[at] ?? 0;
    while (tokenBytes[byte] === 1) {
      hash = (Math.imul(hash, 31) + byte) | 0;
      at += 1;
      byte = raw[at] ?? 0;
    }
    // Also refuses a space before the colon: RFC 9112 section 5.1.
    if (at === nameStart || raw[at] !== COLON)
      return new Malformed(raw[at] === LF ? 'BARE_LF' : 'BAD_FIELD_NAME');
    const nameEnd = at;
    at += 1;
    while (raw[at] === SP || raw[at] === HTAB) at += 1;
    const valueStart = at;
    while (valueBytes[raw[at] ?? 0] === 1) at += 1;
    if (raw[at] !== CR) return new Malformed(raw[at] === LF ? 'BARE_LF' : 'BAD_FIELD_VALUE');
    if (raw[at + 1] !== LF) return new Malformed('BAD_FIELD_VALUE');
    let valueEnd = at;
    while (valueEnd > valueStart && (raw[valueEnd - 1] === SP || raw[valueEnd - 1] === HTAB)) valueEnd -= 1;
    at += 2;
    if (fields.count === maxFields) return new Malformed('TOO_MANY_FIELDS');
    fields.add(nameStart, nameEnd, hash, valueStart, valueEnd);
  }
  return fields;
}

/** Longest method accepted. */
export const maxMethodBytes = 32;

/** Whether bytes can be the beginning of a request line: FIX or a broker's socket are told apart at once, not after a deadline. */
export function canBeginRequest(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length && tokenBytes[bytes[at] ?? 0] === 1) at += 1;
  if (at > maxMethodBytes) return false;
  return at === bytes.length || (at > 0 && bytes[at] === SP);
}

const headEnd = Buffer.from('\r\n\r\n');

/** Index after the CRLFCRLF that ends a head, -1 while it is incomplete. A bare LF is refused at once, not after a deadline. */
export function findHeadEnd(buffer: Buffer): number | Malformed {
  const at = buffer.indexOf(headEnd);
  if (at >= 0) return at + 4 > maxHeadBytes ? new Malformed('HEAD_TOO_LARGE') : at + 4;
  let lf = buffer.indexOf(LF);
  while (lf >= 0) {
    if (lf === 0 || buffer[lf - 1] !== CR) return new Malformed('BARE_LF');
    lf = buffer.indexOf(LF, lf + 1);
  }
  return buffer.length > maxHeadBytes ? new Malformed('HEAD_TOO_LARGE') : -1;
}
