// Requests whose effect on an account a venue may not show yet: those on their way, and those whose outcome was told a moment ago.
import type { OrderState } from './lifecycle.js';

interface Passing {
  readonly state: OrderState;
  /** When the state began, milliseconds since the epoch. */
  readonly changedMs: number;
}

/** How long after its answer a venue may still tell of an account without the order: some accept first and book later. */
export const showsAfterMs = 1_000;
/** Longer ago nobody asks for. */
const keptMs = 60_000;
const wayStates: ReadonlySet<OrderState> = new Set(['approved', 'releasing', 'sent', 'unknown']);

export class InFlight<Request extends Passing> {
  readonly #onTheirWay = new Set<Request>();
  /** When it was told that they arrived, oldest first. */
  readonly #arrived = new Map<Request, number>();

  /** Takes a request's present state into account. */
  note(entry: Request): void {
    if (wayStates.has(entry.state)) {
      this.#onTheirWay.add(entry);
      return;
    }
    if (!this.#onTheirWay.delete(entry)) return;
    if (entry.state !== 'acknowledged' && entry.state !== 'reconciled') return;
    this.#arrived.set(entry, entry.changedMs);
    for (const [oldest, atMs] of this.#arrived) {
      if (entry.changedMs - atMs <= keptMs) break;
      this.#arrived.delete(oldest);
    }
  }

  /** What an answer to a question that was sent at `askedMs` may not show, but for one; nothing is known of what is older than a minute. */
  unseen(own: Request | undefined, askedMs: number): Request[] {
    const unseen = [...this.#onTheirWay];
    for (const [entry, atMs] of this.#arrived) if (atMs + showsAfterMs > askedMs) unseen.push(entry);
    return unseen.filter((entry) => entry !== own);
  }
}
