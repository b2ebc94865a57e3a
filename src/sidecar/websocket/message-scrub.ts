// S6 on a WebSocket: masks secrets in what the upstream says, message by message, without holding any of them back.
import type { Masker } from '../http1/answer.js';

export interface MessageScrubParts {
  isClean(bytes: Buffer): boolean;
  newMasker(): Masker;
  /** Where the longest end of the bytes starts that a secret could begin with; their length when there is none. */
  secretStart(bytes: Buffer): number;
}

const nothing: Buffer = Buffer.alloc(0);

export class MessageScrub {
  /** Secrets masked so far. */
  hits = 0;
  readonly #parts: MessageScrubParts;
  /** The end of the messages so far, as they left, that a secret could begin with. Empty after most. */
  #begun = nothing;

  constructor(parts: MessageScrubParts) {
    this.#parts = parts;
  }

  /** A message, whose place among the others counts: of a secret that began in an earlier one the end is masked. */
  message(data: Buffer): Buffer {
    const begun = this.#begun;
    const clean = this.alone(begun.length === 0 ? data : Buffer.concat([begun, data]));
    const start = this.#parts.secretStart(clean);
    this.#begun = start === clean.length ? nothing : Buffer.from(clean.subarray(start));
    return begun.length === 0 ? clean : clean.subarray(begun.length);
  }

  /** What stands for itself: the payload of a ping or pong, the reason of a close. */
  alone(data: Buffer): Buffer {
    if (data.length === 0 || this.#parts.isClean(data)) return data;
    const masker = this.#parts.newMasker();
    const masked = Buffer.concat([masker.push(data), masker.end()]);
    this.hits += masker.hits;
    return masked;
  }
}
