// Finds any of many byte patterns in one pass (Wu and Manber 1994, over blocks of three bytes), ignoring ASCII case. Pure.
import { TradeboxError } from './errors.js';

/** One spelling of one value. */
export interface Pattern {
  /** Whose it is: told with a match. */
  id: string;
  bytes: Buffer;
  /** False when absent: `A` and `a` are the same. */
  isCaseSensitive?: boolean;
}

export interface Match {
  index: number;
  length: number;
  id: string;
}

const blockBytes = 3;
/** A block's key is the low five bits of each byte: both cases of a letter agree in them, and the table stays in L1. */
const blockKeys = 32_768;
const pairs = 65_536;
const maxWindow = 255;
const noPattern = -1;

/** Letters of ASCII to lower case, every other byte to itself. */
const lowerCase = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 65 && byte <= 90 ? byte + 32 : byte,
);

interface Needle {
  id: string;
  bytes: Uint8Array;
  /** `lowerCase`, or the identity for a pattern that minds case. */
  fold: Uint8Array;
  /** The next needle of the same chain, or `noPattern`. */
  nextByWindow: number;
  nextByStart: number;
}

const identity = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/**
 * The search works on the first `window` bytes of every pattern, the length of the shortest one. A table tells for the
 * three bytes at the window's end how far the window may move: by all but two where no pattern has such a block, not
 * at all where it ends one. Its key takes both cases as one, so folding costs nothing in the loop; what else shares a
 * key is told apart by comparing.
 */
export class Matcher {
  /** Length of the longest pattern in bytes; 0 without patterns. */
  readonly longest: number;
  readonly #window: number;
  readonly #needles: Needle[];
  readonly #shift = new Uint8Array(blockKeys);
  /** First needle whose window ends with a block of the key. */
  readonly #byWindow = new Map<number, number>();
  /** First needle that starts with the folded pair of bytes. */
  readonly #byStart = new Map<number, number>();
  /** Length of the longest needle that starts with the pair of bytes, in any case; 0 where none does. */
  readonly #reach = new Uint32Array(pairs);
  /** 1 for a byte with which a needle starts. */
  readonly #isFirst = new Uint8Array(256);

  /** @throws TradeboxError FAULT for a pattern of less than three bytes. */
  constructor(patterns: readonly Pattern[]) {
    const lengths = patterns.map((pattern) => pattern.bytes.length);
    if (lengths.some((length) => length < blockBytes)) {
      throw new TradeboxError('FAULT', `A search pattern is shorter than ${blockBytes} bytes.`);
    }
    this.longest = Math.max(0, ...lengths);
    this.#window = Math.min(maxWindow, ...lengths);
    this.#shift.fill(this.#window - blockBytes + 1);
    this.#needles = patterns.map(({ id, bytes, isCaseSensitive = false }) => {
      const fold = isCaseSensitive ? identity : lowerCase;
      return {
        id,
        bytes: bytes.map((byte) => fold[byte] as number),
        fold,
        nextByWindow: noPattern,
        nextByStart: noPattern,
      };
    });
    for (const [number, needle] of this.#needles.entries()) this.#enter(number, needle);
  }

  /** The leftmost match that starts at `from` or later; of several there, the longest. */
  find(buf: Uint8Array, from = 0): Match | undefined {
    if (this.#needles.length === 0) return undefined;
    const shift = this.#shift;
    const { length } = buf;
    let end = from + this.#window - 1;
    while (end < length) {
      const first = (buf[end - 2] as number) & 31;
      const second = (buf[end - 1] as number) & 31;
      const distance = shift[(first << 10) | (second << 5) | ((buf[end] as number) & 31)] as number;
      if (distance > 0) {
        end += distance;
        continue;
      }
      const match = this.#matchAt(buf, end - this.#window + 1);
      if (match !== undefined) return match;
      end += 1;
    }
    return undefined;
  }

  /** Where the longest end of the bytes starts that a pattern could begin with; `buf.length` when there is none. */
  partialFrom(buf: Uint8Array): number {
    const { length } = buf;
    const reach = this.#reach;
    for (let start = Math.max(0, length - this.longest + 1); start < length - 1; start++) {
      const pair = ((buf[start] as number) << 8) | (buf[start + 1] as number);
      if ((reach[pair] as number) > length - start && this.#canBegin(buf, start)) return start;
    }
    return length > 0 && this.#isFirst[buf[length - 1] as number] === 1 ? length - 1 : length;
  }

  #enter(number: number, needle: Needle): void {
    for (let at = 0; at <= this.#window - blockBytes; at++) {
      const key = blockKey(needle.bytes, at);
      this.#shift[key] = Math.min(this.#window - blockBytes - at, this.#shift[key] as number);
    }
    const windowEnd = blockKey(needle.bytes, this.#window - blockBytes);
    needle.nextByWindow = this.#byWindow.get(windowEnd) ?? noPattern;
    this.#byWindow.set(windowEnd, number);
    const start = foldedPair(needle.bytes, 0);
    needle.nextByStart = this.#byStart.get(start) ?? noPattern;
    this.#byStart.set(start, number);
    for (const pair of firstPairs(needle)) {
      this.#reach[pair] = Math.max(needle.bytes.length, this.#reach[pair] as number);
      this.#isFirst[pair >> 8] = 1;
    }
  }

  /** True when a needle longer than the rest of the bytes begins with that rest. */
  #canBegin(buf: Uint8Array, start: number): boolean {
    const rest = buf.length - start;
    let number = this.#byStart.get(foldedPair(buf, start)) ?? noPattern;
    while (number !== noPattern) {
      const needle = this.#needles[number] as Needle;
      if (needle.bytes.length > rest && agrees(needle, buf, start, rest)) return true;
      number = needle.nextByStart;
    }
    return false;
  }

  #matchAt(buf: Uint8Array, start: number): Match | undefined {
    let best: Needle | undefined;
    let number = this.#byWindow.get(blockKey(buf, start + this.#window - blockBytes)) ?? noPattern;
    while (number !== noPattern) {
      const needle = this.#needles[number] as Needle;
      const { length } = needle.bytes;
      if (
        length > (best?.bytes.length ?? 0) &&
        start + length <= buf.length &&
        agrees(needle, buf, start, length)
      ) {
        best = needle;
      }
      number = needle.nextByWindow;
    }
    return best && { index: start, length: best.bytes.length, id: best.id };
  }
}

/** True when the first `length` bytes of the needle stand at `start`. */
function agrees(needle: Needle, buf: Uint8Array, start: number, length: number): boolean {
  const { bytes, fold } = needle;
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== fold[buf[start + at] as number]) return false;
  }
  return true;
}

/** The key of the three bytes at `at`. */
function blockKey(bytes: Uint8Array, at: number): number {
  const [first, second, third] = [bytes[at] as number, bytes[at + 1] as number, bytes[at + 2] as number];
  return ((first & 31) << 10) | ((second & 31) << 5) | (third & 31);
}

/** The two bytes at `at`, letters in lower case. */
function foldedPair(bytes: Uint8Array, at: number): number {
  return ((lowerCase[bytes[at] as number] as number) << 8) | (lowerCase[bytes[at + 1] as number] as number);
}

/** The two bytes that the needle can begin with in a text. */
function firstPairs(needle: Needle): number[] {
  const variants = (byte: number): number[] => {
    const isLetter = byte >= 97 && byte <= 122;
    return isLetter && needle.fold === lowerCase ? [byte, byte - 32] : [byte];
  };
  const seconds = variants(needle.bytes[1] as number);
  return variants(needle.bytes[0] as number).flatMap((first) =>
    seconds.map((second) => (first << 8) | second),
  );
}
