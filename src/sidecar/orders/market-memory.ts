// What the rules may know of the market and of positions: asked of the venue itself, remembered for a moment, gone when too old.
import type { Decimal } from '../../core/decimal.js';
import type { ContractTerms, ReferencePrice, VenuePosition } from '../../venues/admin.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';

/** How long an answer is not asked for again, milliseconds. */
const fresh = { price: 1_000, positions: 250, terms: 3_600_000 } as const;
const deadlineMs = 2_500;

interface Known<Value> {
  value: Value;
  learnedMs: number;
}

export class MarketMemory {
  readonly #prices = new Map<string, Known<ReferencePrice>>();
  readonly #terms = new Map<string, Known<ContractTerms>>();
  #positions: Known<readonly VenuePosition[]> | undefined;
  readonly #parts: { account: CallAccount; ask: AskVenue; nowMs(): number };

  constructor(parts: { account: CallAccount; ask: AskVenue; nowMs(): number }) {
    this.#parts = parts;
  }

  /** Learns what is missing or stale for these symbols. Never rejects: what is not learned stays unknown. */
  async learn(symbols: ReadonlySet<string>): Promise<void> {
    const { account, ask, nowMs } = this.#parts;
    const { admin } = account.venue;
    if (admin === undefined) return;
    const at = { environment: account.environment };
    const isFresh = (known: Known<unknown> | undefined, forMs: number) =>
      known !== undefined && nowMs() - known.learnedMs < forMs;
    const work: Promise<void>[] = [];
    for (const symbol of symbols) {
      if (!isFresh(this.#prices.get(symbol), fresh.price)) {
        work.push(
          ask(account, admin.referencePrice(at, symbol), deadlineMs).then((answer) => {
            if (answer.isUnderstood) this.#prices.set(symbol, { value: answer.value, learnedMs: nowMs() });
          }),
        );
      }
      if (!isFresh(this.#terms.get(symbol), fresh.terms)) {
        work.push(
          ask(account, admin.contractTerms(at, symbol), deadlineMs).then((answer) => {
            if (answer.isUnderstood) this.#terms.set(symbol, { value: answer.value, learnedMs: nowMs() });
          }),
        );
      }
    }
    if (!isFresh(this.#positions, fresh.positions)) {
      work.push(
        ask(account, admin.positions(at), deadlineMs).then((answer) => {
          this.#positions = answer.isUnderstood ? { value: answer.value, learnedMs: nowMs() } : undefined;
        }),
      );
    }
    await Promise.all(work);
  }

  price(symbol: string): (ReferencePrice & { ageMs: number }) | undefined {
    const known = this.#prices.get(symbol);
    return known === undefined
      ? undefined
      : { ...known.value, ageMs: Math.max(0, this.#parts.nowMs() - known.learnedMs) };
  }

  terms(symbol: string): ContractTerms | undefined {
    return this.#terms.get(symbol)?.value;
  }

  /** All positions; undefined when they are not known as of `maxAgeMs` ago. */
  positions(maxAgeMs: number): readonly { instrument: string; quantity: Decimal }[] | undefined {
    const known = this.#positions;
    if (known === undefined || this.#parts.nowMs() - known.learnedMs > maxAgeMs) return undefined;
    return known.value;
  }
}
