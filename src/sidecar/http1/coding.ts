// Content codings of answers: decompressed so that they can be searched for secrets (S6). Streaming, bounded by backpressure.
import zlib from 'node:zlib';
import { TradeboxError } from '../../core/errors.js';

export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

/** Of Node 22.15 and later, such as the sidecar's; the types are of Node 20. Asked for when it is used: no snapshot can hold zlib. */
const zstd = zlib as {
  createZstdDecompress?: (options: { params: Record<number, number> }) => zlib.BrotliDecompress;
};
/** `ZSTD_d_windowLogMax`, and its bound for content codings: 8 MB (RFC 9659 section 3). */
const zstdLimits = { params: { 100: 23 } };

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

export interface InflaterSink {
  onData(data: Buffer): void;
  /** There is room for more after `write` said no. */
  onDrain(): void;
  onEnd(): void;
  onBroken(): void;
}

export interface Inflater {
  /** False means: wait for `onDrain`. */
  write(data: Buffer): boolean;
  end(): void;
  pause(): void;
  resume(): void;
  destroy(): void;
}

export function createInflater(coding: Coding, sink: InflaterSink): Inflater {
  let stream: ReturnType<typeof open> | undefined;
  let isPaused = false;
  const start = (first: Buffer): ReturnType<typeof open> => {
    const opened = open(coding, first);
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
      return stream.write(data);
    },
    end() {
      // An empty body in a coding is an empty body.
      if (stream === undefined) sink.onEnd();
      else stream.end();
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
      stream?.destroy();
    },
  };
}

function open(coding: Coding, first: Buffer): zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress {
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH });
    case 'zstd':
      if (zstd.createZstdDecompress === undefined)
        throw new TradeboxError('FAULT', 'zstd is not understood here.');
      return zstd.createZstdDecompress(zstdLimits);
    case 'br':
      return zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'deflate':
      // `deflate` means the zlib format, but raw deflate is sent, too (RFC 9110 section 8.4.1.2).
      return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
  }
}
