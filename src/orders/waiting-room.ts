// Requests that wait on their sockets for a human's decision, by order, first come first served, each for a bounded time.
import type { Admission, Proposal, Waiter } from './admission.js';

export interface Waiting {
  proposal: Proposal;
  waiter: Waiter;
  resolve(admission: Admission): void;
}

export class WaitingRoom {
  readonly #byOrder = new Map<string, (Waiting & { timer: NodeJS.Timeout })[]>();
  readonly #holdMs: number;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  /** Resolves with what `resolve` is given, or after the time to hold with `late`. */
  wait(order: string, proposal: Proposal, waiter: Waiter, late: Admission): Promise<Admission> {
    return new Promise((resolve) => {
      const list = this.#byOrder.get(order) ?? [];
      this.#byOrder.set(order, list);
      const timer = setTimeout(() => {
        list.splice(list.indexOf(waiting), 1);
        resolve(late);
      }, this.#holdMs);
      const waiting = { proposal, waiter, resolve, timer };
      list.push(waiting);
    });
  }

  /** All that wait for the order; they wait no longer, and the caller resolves them. */
  take(order: string): readonly Waiting[] {
    const list = this.#byOrder.get(order) ?? [];
    this.#byOrder.delete(order);
    for (const { timer } of list) clearTimeout(timer);
    return list;
  }
}
