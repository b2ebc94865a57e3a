// Hears the canary file's text on its way to a model: it is let through, for a chat history must never brick a session (B8), but
// somebody in the box has read the file.
import { Matcher } from '../core/matcher.js';
import { encodingsOf } from '../core/needles.js';
import { canaryId } from './credentials.js';
import { Scrubber } from './scrub.js';

/** Hears the pieces of one body, or of one direction of a socket, in order. */
export type CanaryEar = (piece: Buffer) => void;

export class CanaryWatch {
  readonly #matcher: Matcher;
  readonly #onRead: (request: string) => void;
  #isRead: boolean;

  /** `onRead` is called once, with the id of the request; never where `isRead`, because it is known already. */
  constructor(token: string, isRead: boolean, onRead: (request: string) => void) {
    this.#matcher = new Matcher(encodingsOf(token).map((bytes) => ({ id: canaryId, bytes })));
    this.#isRead = isRead;
    this.#onRead = onRead;
  }

  /** Undefined once the reading is known: then nothing more has to be searched. */
  earFor(request: string): CanaryEar | undefined {
    if (this.#isRead) return undefined;
    const finder = new Scrubber(this.#matcher);
    return (piece) => {
      if (this.#isRead) return;
      finder.push(piece);
      if (finder.hits === 0) return;
      this.#isRead = true;
      this.#onRead(request);
    };
  }
}
