// Questions that venues asked back about orders sent from here: what a client's reply confirms. Bounded in number and time.
import type { OrderIntent } from '../../core/order.js';

/** A venue forgets its questions sooner. Milliseconds. */
const keptMs = 600_000;
const maxQuestions = 500;

interface Asked {
  account: string;
  intents: readonly OrderIntent[];
  askedMs: number;
}

export class OrderQuestions {
  readonly #byId = new Map<string, Asked>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The venue asked these about orders of the account, as they were sent. */
  note(account: string, ids: readonly string[], intents: readonly OrderIntent[]): void {
    for (const id of ids) {
      this.#byId.delete(id);
      this.#byId.set(id, { account, intents, askedMs: this.#nowMs() });
    }
    for (const [id, { askedMs }] of this.#byId) {
      if (this.#byId.size <= maxQuestions && this.#nowMs() - askedMs < keptMs) break;
      this.#byId.delete(id);
    }
  }

  /** What the question is about; undefined when it was not asked of this account, or too long ago. */
  about(account: string, id: string): readonly OrderIntent[] | undefined {
    const asked = this.#byId.get(id);
    if (asked === undefined || asked.account !== account) return undefined;
    return this.#nowMs() - asked.askedMs < keptMs ? asked.intents : undefined;
  }
}
