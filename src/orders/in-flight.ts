// Requests whose effect on an account a venue may not show yet: those on their way, and those whose outcome was told a moment ago.
import type { OrderState } from './lifecycle.js';

interface Passing {
  readonly state: OrderState;
  /** When the state began, milliseconds since the epoch. */
  readonly changedMs: number;
}

/** How long after its answer a venue may still tell of an account without the order: some accept first and book later. */
export const showsAfterMs = 1_000;
/** Longer ago nobody asks for; what is older is dropped when so many more have arrived. */
const keptMs = 60_000;
const trimStep = 1_024;
const wayStates: ReadonlySet<OrderState> = new Set(['approved', 'releasing', 'sent', 'unknown']);

export class InFlight<Request extends Passing> {
  readonly #onTheirWay = new Set<Request>();
  /** Those of which it was told that they arrived, and when, oldest first. */
  #arrived: { entry: Request; atMs: number }[] = [];

  /** Takes a request's present state into account. */
  note(entry: Request): void {
    if (wayStates.has(entry.state)) {
      this.#onTheirWay.add(entry);
      return;
    }
    if (!this.#onTheirWay.delete(entry)) return;
    if (entry.state !== 'acknowledged' && entry.state !== 'reconciled') return;
    const atMs = entry.changedMs;
    if (this.#arrived.push({ entry, atMs }) % trimStep === 0)
      this.#arrived = this.#arrived.filter((one) => atMs - one.atMs <= keptMs);
  }

  /** What an answer to a question that was sent at `askedMs`, at most a minute ago, may not show, but for one. */
  unseen(own: Request | undefined, askedMs: number): Request[] {
    const unseen = [...this.#onTheirWay];
    for (let index = this.#arrived.length - 1; index >= 0; index -= 1) {
      const { entry, atMs } = this.#arrived[index] ?? {};
      // All before that arrived earlier still.
      if (entry === undefined || atMs === undefined || atMs + showsAfterMs <= askedMs) break;
      unseen.push(entry);
    }
    return unseen.filter((entry) => entry !== own);
  }
}
