// Frames between the machine's first program (images/vm) and its runner outside: channel, kind, length as little-endian u32, then
// bytes. The numbers stand in images/vm/machine.h, too. Pure.

/** What a frame says, and what it carries. */
export const kinds = {
  /** Fields: host name, network, resolver, limits. Once, before any process. */
  setup: 1,
  /** Fields of a process to start on this channel. */
  start: 2,
  input: 3,
  inputEnd: 4,
  /** Rows and columns, u32 each. */
  resize: 5,
  /** Number of a signal, u32. */
  signal: 6,
  /** u32: so many bytes of the channel were taken by whoever they were for; the other side may send as many more. */
  taken: 7,
  /** Seconds and nanoseconds since the epoch, u32 each. */
  clock: 8,
  powerOff: 9,
  /** `seedBytes` random bytes for the kernel's generator; answered by another hello. */
  seed: 10,
  /** The machine has booted, or taken its seed; text: its kernel. */
  hello: 16,
  output: 17,
  error: 18,
  /** u32: exit code, 128 + number for a signal. The channel's last frame. */
  exit: 19,
} as const;

export type FrameKind = (typeof kinds)[keyof typeof kinds];

export interface Frame {
  channel: number;
  kind: number;
  data: Buffer;
}

const headBytes = 12;
export const seedBytes = 64;
/** Longest payload. */
export const mostFrameBytes = 64 * 1024;
/** Bytes of a stream that may be under way before the other side says that they were taken. */
export const windowBytes = 256 * 1024;

export function encodeFrame(channel: number, kind: FrameKind, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE(channel, 0);
  head.writeUInt32LE(kind, 4);
  head.writeUInt32LE(data.length, 8);
  return Buffer.concat([head, data]);
}

/** Numbers as a frame carries them. */
export function u32(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number >>> 0, 4 * index);
  return bytes;
}

/** Puts frames together from chunks of any size. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0);

  /** Throws on a frame longer than any side sends. */
  push(chunk: Buffer): Frame[] {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const frames: Frame[] = [];
    while (this.#held.length >= headBytes) {
      const length = this.#held.readUInt32LE(8);
      if (length > mostFrameBytes) throw new RangeError(`a frame of ${length} bytes`);
      const end = headBytes + length;
      if (this.#held.length < end) break;
      frames.push({
        channel: this.#held.readUInt32LE(0),
        kind: this.#held.readUInt32LE(4),
        data: this.#held.subarray(headBytes, end),
      });
      this.#held = this.#held.subarray(end);
    }
    return frames;
  }
}

/** One letter → text, in order; a letter may come again. */
export type Field = readonly [name: string, text: string];

/** Throws when they don't fit into one frame. */
export function encodeFields(fields: readonly Field[]): Buffer {
  const bytes = Buffer.concat(
    fields.flatMap(([name, text]) => {
      const value = Buffer.from(text);
      return [Buffer.from(name.slice(0, 1)), u32(value.length), value];
    }),
  );
  if (bytes.length > mostFrameBytes) throw new RangeError('the command and its environment are too long');
  return bytes;
}

export function decodeFields(data: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 5 <= data.length; ) {
    const end = at + 5 + data.readUInt32LE(at + 1);
    fields.push([data.toString('latin1', at, at + 1), data.toString('utf8', at + 5, end)]);
    at = end;
  }
  return fields;
}
