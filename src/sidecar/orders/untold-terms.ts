// Symbols whose contract terms the venue did not tell, and when it may be asked about one: an agent can make up any number of them, and
// is not to use up what the venue lets the account ask.
import type { VenueAdmin } from '../../venues/admin.js';
import type { Untold } from '../venue-calls.js';

/** What a question for a symbol that is on no list is answered with: no row, or an error that names it. */
const unlistedStatuses: ReadonlySet<number> = new Set([200, 400, 404, 422]);
/** Symbols that are remembered of each kind. */
const maxRemembered = 1_000;
/** How long a symbol on no list is not asked for again, milliseconds: longer than it takes an agent to repeat itself. */
const unlistedMs = 10_000;
/** The same of one that nothing was told of. */
const untoldMs = 1_500;
const minuteMs = 60_000;
/** Questions a minute about symbols that the venue has told nothing of yet. */
export const newSymbolsPerMinute = 60;

export interface UntoldParts {
  nowMs(): number;
  /** How long the venue wants to be left alone, milliseconds; 0 when it does not. */
  waitMs(): number;
}

export class UntoldTerms {
  readonly #parts: UntoldParts;
  /** When the venue, asked for their terms, told none. */
  readonly #unlisted = new Map<string, number>();
  /** When nothing was told that means something. */
  readonly #untold = new Map<string, number>();
  /** When one was not asked for because of too many others. */
  readonly #capped = new Map<string, number>();
  /** When one was not asked for because it was just asked for in vain, or because the venue wants to be left alone. */
  readonly #postponed = new Map<string, number>();
  /** The questions of the last minute that count. */
  #askedMs: number[] = [];

  constructor(parts: UntoldParts) {
    this.#parts = parts;
  }

  /** Whether the venue may be asked now; a yes counts as a question. `isFamiliar`: it told something of the symbol before. */
  mayAsk(instrument: string, isFamiliar: boolean): boolean {
    if (this.#isWithin(this.#unlisted.get(instrument), unlistedMs)) return false;
    if (this.#isWithin(this.#untold.get(instrument), untoldMs) || this.#parts.waitMs() > 0) {
      this.#note(this.#postponed, instrument);
      return false;
    }
    this.#postponed.delete(instrument);
    this.#capped.delete(instrument);
    if (isFamiliar) return true;
    this.#askedMs = this.#askedMs.filter((ms) => this.#isWithin(ms, minuteMs));
    if (this.#askedMs.length >= newSymbolsPerMinute) {
      this.#note(this.#capped, instrument);
      return false;
    }
    this.#askedMs.push(this.#parts.nowMs());
    return true;
  }

  /** Takes an answer that told no terms. Of refused keys, limits and faults nothing follows, nor of what is not the venue's own. */
  take(instrument: string, { status, isTroubled, members }: Untold, admin: VenueAdmin): void {
    const isOwn = admin.termsMembers.some((name) => members?.includes(name) === true);
    const isTold = unlistedStatuses.has(status) && isTroubled !== true && isOwn;
    this.#note(isTold ? this.#unlisted : this.#untold, instrument);
  }

  /** The venue answered the question for its terms, and told none. */
  isUnlisted(instrument: string): boolean {
    return this.#unlisted.has(instrument);
  }

  /** It was not asked for: too many new ones came before it within a minute. */
  isCapped(instrument: string): boolean {
    return this.#isWithin(this.#capped.get(instrument), minuteMs);
  }

  /** It was not asked for, and may be soon: whether the venue lists it nobody knows yet. */
  isPostponed(instrument: string): boolean {
    return this.#isWithin(this.#postponed.get(instrument), untoldMs);
  }

  /** Nothing else is to be asked of it either, as long as its terms are not known. */
  isShut(instrument: string): boolean {
    return (
      this.#isWithin(this.#unlisted.get(instrument), unlistedMs) ||
      this.isCapped(instrument) ||
      this.#parts.waitMs() > 0
    );
  }

  #note(kind: Map<string, number>, instrument: string): void {
    if (kind.size >= maxRemembered) kind.clear();
    kind.set(instrument, this.#parts.nowMs());
  }

  #isWithin(saidMs: number | undefined, forMs: number): boolean {
    return saidMs !== undefined && Math.abs(this.#parts.nowMs() - saidMs) < forMs;
  }
}
