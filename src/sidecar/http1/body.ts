// Takes a body out of its framing, piece by piece: strict chunked decoding (RFC 9112 section 7.1), lengths, close-delimited. No I/O.
import { type Fields, Malformed, scanFields } from './fields.js';
import type { Framing } from './framing.js';

const CR = 13;
const LF = 10;
/** Limit of one chunk's extension and of one size line, in bytes. */
const maxSizeLineBytes = 272;
/** Limit of all extensions of one body together: tiny chunks with long extensions cost the reader most. */
const maxExtensionBytes = 16_384;
const maxTrailerBytes = 16_384;
const sizeLine = /^([0-9A-Fa-f]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?$/;

const nothing: Buffer = Buffer.alloc(0);

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** A body's reader. Feed it with `write`; it is `done` when the body is whole, `failed` when the framing is broken. */
export class BodyReader {
  readonly kind: Framing['kind'];
  done: boolean;
  failed: Malformed | undefined;
  /** Trailer fields, once a chunked body is done and had any. */
  trailers: Fields | undefined;
  #remaining: number;
  #state: State = 'size';
  #line = nothing;
  #extensionBytes = 0;

  constructor(framing: Framing) {
    this.kind = framing.kind;
    this.#remaining = framing.kind === 'length' ? framing.length : 0;
    this.done = framing.kind === 'none' || (framing.kind === 'length' && framing.length === 0);
  }

  /** Reads `chunk`, whose memory must not be used again, from `from`; gives each piece of content to `onData`; returns the index of the first byte that is not the body's. */
  write(chunk: Buffer, from: number, onData: (data: Buffer) => void): number {
    if (this.done || this.failed !== undefined) return from;
    if (this.kind === 'close') {
      if (from < chunk.length) onData(from === 0 ? chunk : chunk.subarray(from));
      return chunk.length;
    }
    if (this.kind === 'length') return this.#writeCounted(chunk, from, onData);
    return this.#writeChunked(chunk, from, onData);
  }

  #writeCounted(chunk: Buffer, from: number, onData: (data: Buffer) => void): number {
    const end = Math.min(chunk.length, from + this.#remaining);
    this.#remaining -= end - from;
    if (this.#remaining === 0) this.done = true;
    if (end > from) onData(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
    return end;
  }

  #writeChunked(chunk: Buffer, from: number, onData: (data: Buffer) => void): number {
    let at = from;
    while (at < chunk.length && !this.done && this.failed === undefined) {
      if (this.#state === 'data') {
        const end = Math.min(chunk.length, at + this.#remaining);
        onData(chunk.subarray(at, end));
        this.#remaining -= end - at;
        at = end;
        if (this.#remaining === 0) this.#state = 'data-end';
      } else {
        at = this.#readLine(chunk, at);
      }
    }
    return at;
  }

  /** Collects bytes up to LF, then lets the state's reader judge the line. */
  #readLine(chunk: Buffer, from: number): number {
    const limit = this.#state === 'trailer' ? maxTrailerBytes : this.#state === 'size' ? maxSizeLineBytes : 2;
    const lf = chunk.indexOf(LF, from);
    const end = lf < 0 ? chunk.length : lf + 1;
    const piece = chunk.subarray(from, end);
    this.#line = this.#line.length === 0 ? piece : Buffer.concat([this.#line, piece]);
    if (this.#line.length > limit) this.failed = new Malformed(tooLong[this.#state]);
    else if (lf >= 0) this.#endLine();
    return end;
  }

  #endLine(): void {
    const line = this.#line;
    if (line[line.length - 2] !== CR) {
      this.failed = new Malformed('BARE_LF');
      return;
    }
    if (this.#state === 'trailer') {
      this.#endTrailerLine(line);
      return;
    }
    this.#line = nothing;
    if (this.#state === 'data-end') {
      this.#state = 'size'; // the limit of two bytes has left nothing but CRLF
    } else {
      this.#endSizeLine(line.toString('latin1', 0, line.length - 2));
    }
  }

  #endSizeLine(text: string): void {
    const match = sizeLine.exec(text);
    if (match?.[1] === undefined) {
      this.failed = new Malformed('CHUNK_SIZE_BAD');
      return;
    }
    this.#extensionBytes += text.length - match[1].length;
    if (this.#extensionBytes > maxExtensionBytes) {
      this.failed = new Malformed('CHUNK_EXTENSION_TOO_LARGE');
      return;
    }
    this.#remaining = Number.parseInt(match[1], 16);
    this.#state = this.#remaining === 0 ? 'trailer' : 'data';
  }

  /** `line` holds all trailer lines so far; an empty one ends them. */
  #endTrailerLine(lines: Buffer): void {
    const isEmpty = lines.length === 2 || lines.subarray(-4).equals(blankLine);
    if (!isEmpty) return;
    this.#state = 'done';
    this.done = true;
    if (lines.length === 2) return;
    const fields = scanFields(lines, 0, lines.length);
    if (fields instanceof Malformed) this.failed = new Malformed('TRAILER_BAD');
    else this.trailers = fields;
  }
}

const blankLine = Buffer.from('\r\n\r\n');

const tooLong = {
  size: 'CHUNK_EXTENSION_TOO_LARGE',
  'data-end': 'CHUNK_END_BAD',
  data: 'CHUNK_END_BAD',
  trailer: 'TRAILER_BAD',
  done: 'TRAILER_BAD',
} as const;

/** The pieces as one, without a copy when there is but one. */
export function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

/** One chunk of content in chunked framing. */
export function encodeChunk(data: Buffer): Buffer {
  const size = data.length.toString(16);
  const out = Buffer.allocUnsafe(size.length + data.length + 4);
  out.write(size, 0, 'latin1');
  out[size.length] = CR;
  out[size.length + 1] = LF;
  data.copy(out, size.length + 2);
  out[out.length - 2] = CR;
  out[out.length - 1] = LF;
  return out;
}

/** The end of a chunked body without trailers. */
export const lastChunk = Buffer.from('0\r\n\r\n');
