// The memory that messages on all WebSockets share: those not yet whole, and those that wait for a side that does not read.
import type { Denial } from '../stage.js';
import { heldBy, type Peer } from './endpoint.js';

/** 16 MB of each message would be gigabytes on all connections (A14). */
export interface SocketBudget {
  leftBytes: number;
}

/** What a connection may hold however little is left, in bytes: small messages go on, whatever other connections do. */
export const alwaysHeldBytes = 32_768;

export const socketMemoryFull: Denial = {
  status: 503,
  code: 'MEMORY_FULL',
  message: 'too much is held of messages that are not whole, or not read',
  rule: 'built-in: socket memory',
};

/** What one connection holds, in both directions. */
export class HeldBytes {
  readonly #budget: SocketBudget;
  readonly #sides: readonly (() => number)[];
  readonly #onFull: () => void;
  #taken = 0;
  #isOver = false;

  /** `onFull` is called each time it takes more than there is. */
  constructor(budget: SocketBudget, peers: readonly Peer[], onFull: () => void) {
    this.#budget = budget;
    this.#onFull = onFull;
    this.#sides = peers.map((peer) => heldBy(peer, () => this.check()));
  }

  /** Counts anew. What was written in full unseen is given back by this. */
  check(): void {
    if (this.#isOver) return;
    let held = 0;
    for (const heldOf of this.#sides) held += heldOf();
    const grown = held - this.#taken;
    this.#taken = held;
    this.#budget.leftBytes -= grown;
    // No more than is left for all others: a few cannot take it all, so that larger messages pass beside them.
    if (grown > 0 && held > Math.max(this.#budget.leftBytes, alwaysHeldBytes)) this.#onFull();
  }

  /** Gives everything back: both sides are closed. */
  end(): void {
    this.#isOver = true;
    this.#budget.leftBytes += this.#taken;
    this.#taken = 0;
  }
}
