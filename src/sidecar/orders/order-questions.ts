// Questions that venues asked back about orders sent from here: what a client's reply confirms. Bounded in number and time.
import { createHash } from 'node:crypto';
import type { OrderIntent } from '../../core/order.js';
import { neutralText } from '../../orders/agent-text.js';
import type { VenueQuestion } from '../../venues/admin.js';

/** A venue forgets its questions sooner. Milliseconds. */
const keptMs = 600_000;
const maxQuestions = 500;
/** Characters of a question that are shown. */
const maxShown = 1_000;

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

  /** The venue asked these about orders of the account, as they were sent. What nobody could read nobody confirms. */
  note(account: string, questions: readonly VenueQuestion[], intents: readonly OrderIntent[]): void {
    for (const { id, text } of questions) {
      this.#byId.delete(id);
      if (text === undefined) continue;
      const question = shownText(text);
      const asked = intents.map((intent) => ({ ...intent, question }));
      this.#byId.set(id, { account, intents: asked, askedMs: this.#nowMs() });
    }
    for (const [id, { askedMs }] of this.#byId) {
      if (this.#byId.size <= maxQuestions && this.#nowMs() - askedMs < keptMs) break;
      this.#byId.delete(id);
    }
  }

  /** The orders that the question is about, each with its text; undefined when it was not asked of this account, or too long ago. */
  about(account: string, id: string): readonly OrderIntent[] | undefined {
    const asked = this.#byId.get(id);
    if (asked === undefined || asked.account !== account) return undefined;
    return this.#nowMs() - asked.askedMs < keptMs ? asked.intents : undefined;
  }
}

/** Two different questions never show as one: where not all of it is shown, a digest tells it apart, and an approval binds that. */
function shownText(text: string): string {
  const shown = neutralText(text.replace(/\s+/g, ' ').trim(), maxShown);
  if (text.length <= maxShown) return shown;
  return `${shown} SHA-256 ${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
