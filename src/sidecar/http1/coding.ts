// Content codings of answers: decompressed so that they can be searched for secrets (S6). Streaming, bounded by backpressure.
import zlib from 'node:zlib';
import { TradeboxError } from '../../core/errors.js';

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Of Node 22.15 and later, such as the sidecar's; the types are of Node 20. Asked for when it is used: no snapshot can hold zlib. */
const zstd = zlib as {
  createZstdDecompress?: (options: { params: Record<number, number> }) => zlib.BrotliDecompress;
};
/** `ZSTD_d_windowLogMax` of zstd.h. */
const zstdWindowLogMax = 100;

const codings: ReadonlyMap<string, Coding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);

/** The coding of a lower-case `content-encoding` value; undefined for lists and for what we cannot take apart. */
export function codingOf(value: string): Coding | undefined {
  return value === 'zstd' && zstd.createZstdDecompress === undefined ? undefined : codings.get(value);
}

/**
 * Memory that the windows of all answers under way share, in bytes. A few bytes of an upstream's fill a window of megabytes, which stays
 * for as long as the answer does (A14). 64 answers with the window that brotli's encoder takes by itself fit. A decoder's tables come
 * on top of it.
 */
export interface WindowBudget {
  leftBytes: number;
}

export const windowBudgetBytes = 256 * 1_048_576;

/** Window that every brotli or zstd answer is counted for from its head on, as a power of two: 4 MB. */
const usualWindowLog = 22;
/** Bound of zstd for content codings: 8 MB (RFC 9659 section 3). */
const maxZstdWindowLog = 23;

type WideCoding = 'br' | 'zstd';

/** Gzip's and deflate's 32 KB are no more than a connection's own buffers. */
const isWide = (coding: Coding): coding is WideCoding => coding === 'br' || coding === 'zstd';

/** The window that the first bytes of a stream ask for, as a power of two; never less than what they can make a decoder take. */
export function windowLogOf(coding: WideCoding, first: Buffer): number {
  return coding === 'br' ? brotliWindowLog(first[0] ?? 0) : zstdWindowLog(first);
}

/** WBITS (RFC 7932 section 9.1): at most 24. */
function brotliWindowLog(byte: number): number {
  if ((byte & 1) === 0) return 16;
  const wide = (byte >> 1) & 7;
  if (wide > 0) return 17 + wide;
  const narrow = (byte >> 4) & 7;
  return narrow === 0 ? 17 : 8 + narrow;
}

/** Frame_Header (RFC 8878 section 3.1.1.1): a Window_Descriptor, or of a single segment the size of its content. */
function zstdWindowLog(first: Buffer): number {
  const isFrame = first.length >= 18 && first.readUInt32LE(0) === 0xfd2fb528;
  if (!isFrame) return maxZstdWindowLog;
  const flags = first[4] ?? 0;
  const after = first[5] ?? 0;
  // Exponent and mantissa: with a mantissa it is more than the power of two.
  if ((flags & 0x20) === 0) return 10 + (after >> 3) + ((after & 7) === 0 ? 0 : 1);
  const at = 5 + ([0, 1, 2, 4][flags & 3] ?? 0);
  const sizes = [first[at] ?? 0, first.readUInt16LE(at) + 256, first.readUInt32LE(at)];
  const size = sizes[flags >> 6] ?? Number(first.readBigUInt64LE(at));
  return Math.max(10, Math.ceil(Math.log2(Math.max(size, 1))));
}

export interface InflaterSink {
  onData(data: Buffer): void;
  /** There is room for more after `write` said no. */
  onDrain(): void;
  onEnd(): void;
  onBroken(): void;
  /** The stream asks for a wider window than there is memory for. */
  onFull(): void;
}

export interface Inflater {
  /** False means: wait for `onDrain`. */
  write(data: Buffer): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

/** Undefined when the budget has no room for its window. */
export function createInflater(
  coding: Coding,
  sink: InflaterSink,
  budget: WindowBudget,
): Inflater | undefined {
  let stream: ReturnType<typeof open> | undefined;
  let isPaused = false;
  let isOver = false;
  let taken = 0;
  const take = (bytes: number): boolean => {
    if (bytes > budget.leftBytes) return false;
    budget.leftBytes -= bytes;
    taken += bytes;
    return true;
  };
  const give = (): void => {
    budget.leftBytes += taken;
    taken = 0;
  };
  if (isWide(coding) && !take(2 ** usualWindowLog)) return undefined;
  const start = (first: Buffer): ReturnType<typeof open> | undefined => {
    if (isOver) return undefined;
    let windowLog = usualWindowLog;
    if (isWide(coding)) {
      windowLog = Math.max(windowLog, windowLogOf(coding, first));
      // What zstd does not allow is broken, not too much: its decoder says so.
      if (coding === 'zstd') windowLog = Math.min(windowLog, maxZstdWindowLog);
      if (!take(2 ** windowLog - taken)) {
        isOver = true;
        sink.onFull();
        return undefined;
      }
    }
    const opened = open(coding, first, windowLog);
    // Not before: what is under way when it is destroyed still holds its window.
    opened.on('close', give);
    opened.on('data', (data: Buffer) => sink.onData(data));
    opened.on('drain', () => sink.onDrain());
    opened.on('end', () => sink.onEnd());
    opened.on('error', () => sink.onBroken());
    if (isPaused) opened.pause();
    return opened;
  };
  return {
    write(data) {
      stream ??= start(data);
      return stream?.write(data) ?? true;
    },
    end() {
      // An empty body in a coding is an empty body.
      if (stream !== undefined) stream.end();
      else if (!isOver) sink.onEnd();
    },
    pause() {
      isPaused = true;
      stream?.pause();
    },
    resume() {
      isPaused = false;
      stream?.resume();
    },
    destroy() {
      isOver = true;
      if (stream === undefined) give();
      else stream.destroy();
    },
  };
}

function open(
  coding: Coding,
  first: Buffer,
  windowLog: number,
): zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress {
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH });
    case 'zstd':
      if (zstd.createZstdDecompress === undefined)
        throw new TradeboxError('FAULT', 'zstd is not understood here.');
      return zstd.createZstdDecompress({ params: { [zstdWindowLogMax]: windowLog } });
    case 'br':
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'deflate':
      // `deflate` means the zlib format, but raw deflate is sent, too (RFC 9110 section 8.4.1.2).
      return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
  }
}
