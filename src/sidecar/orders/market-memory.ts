// What reflexes and rules may know of the market and of positions: asked of the venue itself, never of the agent, remembered for a
// moment, gone when too old. One for each account, so that no question is asked twice.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { ContractTerms, ReferencePrice, VenueCall, VenuePosition } from '../../venues/admin.js';
import type { AskVenue, CallAccount, CallResult } from '../venue-calls.js';

/** How long an answer is not asked for again, milliseconds. */
const fresh = { price: 500, positions: 250, equity: 1_000, terms: 3_600_000 } as const;
const deadlineMs = 2_500;
/** Instruments of one request that are asked for; more stay unknown. */
const maxInstruments = 20;
const zero = decimal('0');

interface Known<Value> {
  value: Value;
  learnedMs: number;
}

export interface MarketParts {
  account: CallAccount;
  ask: AskVenue;
  nowMs(): number;
  /** Sees each price that is told. */
  onPrice?(price: ReferencePrice): void;
}

/** What a judge wants to know before it judges. */
export interface Wanted {
  /** Price and contract terms of each. */
  instruments: Iterable<string>;
  /** `now`: told after this question; `recent`: a moment ago is enough. */
  positions: 'now' | 'recent' | 'none';
  /** What the account is worth; not asked for when absent. */
  equity?: boolean;
}

export class MarketMemory {
  readonly #prices = new Map<string, Known<ReferencePrice>>();
  readonly #terms = new Map<string, Known<ContractTerms>>();
  /** Questions under way, by what they ask. */
  readonly #asking = new Map<string, Promise<void>>();
  readonly #lastHeld = new Map<string, { quantity: Decimal; seenMs: number }>();
  #positions: (Known<readonly VenuePosition[]> & { question: number }) | undefined;
  #equity: Known<Decimal> | undefined;
  #questions = 0;
  readonly #parts: MarketParts;

  constructor(parts: MarketParts) {
    this.#parts = parts;
  }

  /** Learns what is missing or stale. Never rejects: what is not learned stays unknown. */
  async learn({ instruments, positions, equity = false }: Wanted): Promise<void> {
    const { account, nowMs, onPrice } = this.#parts;
    const { admin } = account.venue;
    if (admin === undefined) return;
    const at = { environment: account.environment };
    const work: Promise<void>[] = [];
    for (const instrument of [...new Set(instruments)].slice(0, maxInstruments)) {
      if (!this.#isFresh(this.#prices.get(instrument), fresh.price)) {
        work.push(
          this.#once(`price ${instrument}`, admin.referencePrice(at, instrument), (told) => {
            if (!told.isUnderstood) return;
            this.#prices.set(instrument, { value: told.value, learnedMs: nowMs() });
            onPrice?.(told.value);
          }),
        );
      }
      if (!this.#isFresh(this.#terms.get(instrument), fresh.terms)) {
        work.push(
          this.#once(`terms ${instrument}`, admin.contractTerms(at, instrument), (told) => {
            if (told.isUnderstood) this.#terms.set(instrument, { value: told.value, learnedMs: nowMs() });
          }),
        );
      }
    }
    const wantsPositions =
      positions === 'now' || (positions === 'recent' && !this.#isFresh(this.#positions, fresh.positions));
    if (wantsPositions) {
      const question = ++this.#questions;
      work.push(this.#once('positions', admin.positions(at), (told) => this.#takePositions(told, question)));
      // An answer that was asked for before may be older than the last fill: only judges of the same request share it.
      queueMicrotask(() => this.#asking.delete('positions'));
    }
    if (equity && admin.equity !== undefined && !this.#isFresh(this.#equity, fresh.equity)) {
      work.push(
        this.#once('equity', admin.equity(at), (told) => {
          if (told.isUnderstood) this.#equity = { value: told.value, learnedMs: nowMs() };
        }),
      );
    }
    await Promise.all(work);
  }

  /** Undefined when it was not told within `maxAgeMs`. */
  price(instrument: string, maxAgeMs: number): (ReferencePrice & { ageMs: number }) | undefined {
    const known = this.#prices.get(instrument);
    if (known === undefined) return undefined;
    const ageMs = Math.max(0, this.#parts.nowMs() - known.learnedMs);
    return ageMs > maxAgeMs ? undefined : { ...known.value, ageMs };
  }

  terms(instrument: string): ContractTerms | undefined {
    return this.#terms.get(instrument)?.value;
  }

  /** US dollars; undefined when it was not told within `maxAgeMs`. */
  equity(maxAgeMs: number): Decimal | undefined {
    const known = this.#equity;
    return known === undefined || this.#parts.nowMs() - known.learnedMs > maxAgeMs ? undefined : known.value;
  }

  /** All positions; undefined when they are not known as of `maxAgeMs` ago. */
  positions(maxAgeMs: number): readonly { instrument: string; quantity: Decimal }[] | undefined {
    const known = this.#positions;
    if (known === undefined || this.#parts.nowMs() - known.learnedMs > maxAgeMs) return undefined;
    return known.value;
  }

  /** Signed, zero when there is none; undefined when positions are not known as of `maxAgeMs` ago. */
  position(instrument: string, maxAgeMs: number): Decimal | undefined {
    return this.positions(maxAgeMs)
      ?.filter((each) => each.instrument === instrument)
      .reduce((sum, { quantity }) => sum.plus(quantity), zero);
  }

  /** The last position that was not zero, and when it was seen. */
  lastHeld(instrument: string): { quantity: Decimal; seenMs: number } | undefined {
    return this.#lastHeld.get(instrument);
  }

  #takePositions(told: CallResult<readonly VenuePosition[]>, question: number): void {
    if (this.#positions !== undefined && this.#positions.question > question) return; // overtaken
    const learnedMs = this.#parts.nowMs();
    this.#positions = told.isUnderstood ? { value: told.value, learnedMs, question } : undefined;
    if (!told.isUnderstood) return;
    for (const { instrument, quantity } of told.value) {
      if (!quantity.eq(zero)) this.#lastHeld.set(instrument, { quantity, seenMs: learnedMs });
    }
  }

  #isFresh(known: Known<unknown> | undefined, forMs: number): boolean {
    return known !== undefined && this.#parts.nowMs() - known.learnedMs < forMs;
  }

  /** Asks unless the same question is under way; then its answer counts for both. */
  #once<Value>(key: string, call: VenueCall<Value>, take: (told: CallResult<Value>) => void): Promise<void> {
    const underWay = this.#asking.get(key);
    if (underWay !== undefined) return underWay;
    const { account, ask } = this.#parts;
    const asked = ask(account, call, deadlineMs)
      .then(take)
      .finally(() => {
        if (this.#asking.get(key) === asked) this.#asking.delete(key);
      });
    this.#asking.set(key, asked);
    return asked;
  }
}
