// Looks for a box's decoys in what the agent sends: in every spelling, and in forms that mix them (S5, ATTACKS B3). No I/O.
import {
  hasEscape,
  mayBeDisguised,
  mayBeNested,
  openBase64,
  openEscapes,
  requestEncodingsOf,
  squeeze,
  squeezedSpellings,
} from '../core/disguises.js';
import { type Match, Matcher } from '../core/matcher.js';
import { encodingsOf } from '../core/needles.js';
import type { CredentialBook } from './credentials.js';
import type { Masker } from './http1/answer.js';
import { defaultBodyLimits } from './http1/body-limits.js';
import { Scrubber } from './scrub.js';
import type { DecoyFinder } from './stage.js';

/** Escapes of escapes are opened so many times: JSON within JSON within a URL. */
const maxRounds = 3;

/** So much of a stream is looked at for disguises, piece by piece, and so long a form for base64 within base64. */
export const disguisedBytes = defaultBodyLimits.whole;

export class DecoySearch implements DecoyFinder {
  /** What streams are searched for: the more there is to look for, the more often the end of a message waits for the next one. */
  readonly streamed: Matcher;
  readonly #spellings: Matcher;
  readonly #squeezed: Matcher;

  constructor({ decoys }: Pick<CredentialBook, 'decoys'>) {
    const patterns = (spell: (value: string) => Buffer[]) =>
      decoys.flatMap(({ id, value }) => spell(value).map((bytes) => ({ id, bytes })));
    this.streamed = new Matcher(patterns(encodingsOf));
    this.#spellings = new Matcher(patterns(requestEncodingsOf));
    this.#squeezed = new Matcher(patterns(squeezedSpellings));
  }

  find(bytes: Uint8Array, from = 0): Match | undefined {
    return this.#spellings.find(bytes, from);
  }

  findDisguised(bytes: Buffer, isHead: boolean, isAtHome?: (id: string) => boolean): string | undefined {
    if (!mayBeDisguised(bytes, isHead)) return undefined;
    let form = bytes;
    for (let round = 0; ; round += 1) {
      const id = this.#idIn(form, isAtHome) ?? (isHead ? undefined : this.#idNested(form));
      if (id !== undefined || round === maxRounds || !hasEscape(form)) return id;
      const opened = openEscapes(form);
      if (opened.length === form.length) return undefined;
      form = opened;
    }
  }

  /** For one body that is streamed. */
  newMasker(): Masker {
    return new StreamSearch(this);
  }

  /** For the messages of one socket, each of which is searched by itself: what is spelled over several. */
  newSpellingMasker(): Masker {
    return new Scrubber(this.streamed);
  }

  /** In what was encoded after it was wrapped or encoded itself. */
  #idNested(form: Buffer): string | undefined {
    if (form.length > disguisedBytes || !mayBeNested(form)) return undefined;
    for (const opened of openBase64(form)) {
      const id = this.#idIn(opened);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  #idIn(form: Buffer, isAtHome?: (id: string) => boolean): string | undefined {
    const squeezed = squeeze(form);
    let hit = this.#squeezed.find(squeezed);
    while (hit !== undefined && isAtHome?.(hit.id) === true)
      hit = this.#squeezed.find(squeezed, hit.index + 1);
    return hit?.id;
  }
}

/** A stream is searched for spellings wherever it is cut, and for disguises in the pieces it begins with. */
class StreamSearch implements Masker {
  readonly #search: DecoySearch;
  readonly #spellings: Scrubber;
  #bytes = 0;
  #disguised = 0;

  constructor(search: DecoySearch) {
    this.#search = search;
    this.#spellings = new Scrubber(search.streamed);
  }

  get hits(): number {
    return this.#spellings.hits + this.#disguised;
  }

  push(piece: Buffer): Buffer {
    const looked = piece.subarray(0, Math.max(0, disguisedBytes - this.#bytes));
    this.#bytes += piece.length;
    if (looked.length > 0 && this.#isDisguised(looked)) this.#disguised += 1;
    return this.#spellings.push(piece);
  }

  end(): Buffer {
    return this.#spellings.end();
  }

  #isDisguised(piece: Buffer): boolean {
    return this.#search.find(piece) !== undefined || this.#search.findDisguised(piece, false) !== undefined;
  }
}
