// A venue that takes only rising nonces must get its requests in the order in which they were signed, over whatever connections:
// the next of a credential is signed once the one before was answered (C4).
import type { Exchange, NonceTurn, World } from './stage.js';

/** Begins at once where nonces need not rise. */
export function inNonceTurn(
  { venue, credential }: Pick<Exchange, 'venue' | 'credential'>,
  { takeNonceTurn }: Pick<World, 'takeNonceTurn'>,
  begin: NonceTurn,
): void {
  const isNumbered = venue?.hasRisingNonces === true && credential !== undefined;
  if (isNumbered && takeNonceTurn !== undefined) takeNonceTurn(credential.id, begin);
  else begin(() => {});
}

/** A request that is not answered by then has arrived, or never will: longer nobody waits for it, a cancel least of all. */
const maxTurnMs = 1_000;

export class NonceTurns {
  /** Who waits, by credential; an entry without waiters is a turn that somebody has. */
  readonly #waiting = new Map<string, NonceTurn[]>();

  constructor(private readonly turnMs: number = maxTurnMs) {}

  /** Calls `begin` now when nobody has the credential's turn, else in the order of coming. */
  take(credentialId: string, begin: NonceTurn): void {
    const waiting = this.#waiting.get(credentialId);
    if (waiting !== undefined) {
      waiting.push(begin);
      return;
    }
    this.#waiting.set(credentialId, []);
    this.#begin(credentialId, begin);
  }

  #begin(credentialId: string, begin: NonceTurn): void {
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      clearTimeout(timer);
      const next = this.#waiting.get(credentialId)?.shift();
      if (next === undefined) this.#waiting.delete(credentialId);
      // Not in the stack of who leaves: a thousand that wait would nest as deep.
      else setImmediate(() => this.#begin(credentialId, next));
    };
    const timer = setTimeout(leave, this.turnMs);
    timer.unref();
    begin(leave);
  }
}
