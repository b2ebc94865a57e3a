// S6: masks secrets in a stream of bytes, of the same length, however the stream is cut into chunks. Pure.
import type { Matcher } from '../core/matcher.js';

export { Matcher } from '../core/matcher.js';

const mask = 0x2a;
const nothing = Buffer.alloc(0);

/**
 * Put chunks in, send what comes out. At most `matcher.longest - 1` bytes stay inside, and only while they could be the
 * beginning of a secret; `end` gives them. Lengths never change, so a Content-Length stays true.
 *
 * Overlapping matches are masked as their union: every occurrence in the original bytes counts.
 */
export class Scrubber {
  /** Occurrences masked so far. */
  hits = 0;
  readonly #matcher: Matcher;
  /** Original bytes that a match could begin with. */
  #pending: Buffer = nothing;
  /** How many of them belong to a match that began before them. */
  #maskedPending = 0;

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
  }

  /** What may be sent now: the chunk's own memory where nothing had to be changed, else a copy. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    return this.#release(bytes, this.#matcher.partialFrom(bytes));
  }

  /** The rest. The scrubber can then be used for another stream. */
  end(): Buffer {
    return this.#release(this.#pending, this.#pending.length);
  }

  #release(bytes: Buffer, until: number): Buffer {
    let output = bytes.subarray(0, until);
    let isCopy = false;
    let maskedTo = this.#maskedPending;
    const maskBetween = (from: number, to: number): void => {
      if (!isCopy) output = Buffer.from(output);
      isCopy = true;
      output.fill(mask, from, Math.min(to, until));
    };
    if (maskedTo > 0) maskBetween(0, maskedTo);
    let match = this.#matcher.find(bytes);
    // A match that begins in the held bytes is found again, and counted, when they are released.
    while (match !== undefined && match.index < until) {
      const end = match.index + match.length;
      maskBetween(match.index, end);
      maskedTo = Math.max(maskedTo, end);
      this.hits += 1;
      match = this.#matcher.find(bytes, match.index + 1);
    }
    this.#maskedPending = Math.max(0, maskedTo - until);
    // Copied: the chunk's memory may be reused by the socket it came from.
    this.#pending = until === bytes.length ? nothing : Buffer.from(bytes.subarray(until));
    return output;
  }
}
