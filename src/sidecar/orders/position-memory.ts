// What the venue tells of an account's positions: asked anew for each order that needs them, remembered for a moment.
import type { Decimal } from '../../core/decimal.js';
import { heldBy, type PositionName, type PositionPlace } from '../../core/position.js';
import type { VenueCall, VenuePosition } from '../../venues/admin.js';
import type { AskVenue, CallAccount, CallResult } from '../venue-calls.js';

export interface PositionParts {
  account: CallAccount;
  ask: AskVenue;
  nowMs(): number;
  /** Sees all positions each time that they are told. @throws what the journal throws. */
  onPositions?(positions: readonly VenuePosition[]): void;
}

/** How long an answer is recent, milliseconds. */
const recentMs = 250;
const deadlineMs = 2_500;
/** How long a question waits at most for the end of the one before, so that several orders share it. */
const companyMs = 2;

export class PositionMemory {
  readonly #parts: PositionParts;
  readonly #seen = new Set<string>();
  #told:
    | { value: readonly VenuePosition[]; learnedMs: number; askedMs: number; question: number }
    | undefined;
  /** The last question, until it is answered. */
  #asked: Promise<void> | undefined;
  /** The one that whoever comes now may share. */
  #next: Promise<void> | undefined;
  #questions = 0;

  constructor(parts: PositionParts) {
    this.#parts = parts;
  }

  /** Whether they were told a moment ago. */
  get isRecent(): boolean {
    return this.#ageMs() < recentMs;
  }

  /** Whether a position in it was ever told. */
  wasSeen(instrument: string): boolean {
    return this.#seen.has(instrument);
  }

  /** When the question was sent that they are known from; undefined when they are not known. */
  get askedMs(): number | undefined {
    return this.#told?.askedMs;
  }

  /** Undefined when they were not told within `maxAgeMs`. */
  all(maxAgeMs: number): readonly VenuePosition[] | undefined {
    return this.#ageMs() > maxAgeMs ? undefined : this.#told?.value;
  }

  /** As `heldBy`; undefined when they were not told within `maxAgeMs`. */
  of(order: PositionName & PositionPlace, maxAgeMs: number): Decimal | 'other' | undefined {
    const all = this.all(maxAgeMs);
    return all && heldBy(order, all);
  }

  /**
   * An answer to an earlier question may be older than the last fill: each is served by one that is asked from now on. Who comes
   * while one is under way shares the next with all who come meanwhile.
   */
  learn(callOf: () => VenueCall<readonly VenuePosition[]>): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    const askNow = (): Promise<void> => {
      const question = ++this.#questions;
      const { account, ask, nowMs } = this.#parts;
      const askedMs = nowMs();
      const asked = ask(account, callOf(), deadlineMs)
        .then((told) => this.#take(told, { question, askedMs }))
        .finally(() => {
          if (this.#asked === asked) this.#asked = undefined;
        });
      this.#asked = asked;
      // The judges of one request ask in the same moment.
      queueMicrotask(() => {
        this.#next = undefined;
      });
      return asked;
    };
    const underWay = this.#asked;
    this.#next = underWay === undefined ? askNow() : within(underWay, companyMs).then(askNow);
    return this.#next;
  }

  #take(
    told: CallResult<readonly VenuePosition[]>,
    { question, askedMs }: { question: number; askedMs: number },
  ): void {
    if (this.#told !== undefined && this.#told.question > question) return; // overtaken
    const learnedMs = this.#parts.nowMs();
    this.#told = told.isUnderstood ? { value: told.value, learnedMs, askedMs, question } : undefined;
    if (!told.isUnderstood) return;
    for (const { instrument } of told.value) this.#seen.add(instrument);
    this.#parts.onPositions?.(told.value);
  }

  /** Milliseconds; endless where nothing was told, or the clock was set back since: how old it is nobody knows then. */
  #ageMs(): number {
    const ageMs = this.#told === undefined ? -1 : this.#parts.nowMs() - this.#told.learnedMs;
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs;
  }
}

/** Resolves when the work is over, or after so long. */
function within(work: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    work
      .finally(() => {
        clearTimeout(timer);
        resolve();
      })
      .catch(() => undefined);
  });
}
