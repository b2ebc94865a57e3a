// Keeps the venue's own dead-man switch set while orders of an account may rest: when the sidecar dies, or this machine loses its
// network, the venue cancels them. It is set anew well within its time, and taken back once nothing rests.
import type { AskVenue } from '../venue-calls.js';
import type { TradingAccount } from './accounts.js';

/** Without a word about it, boxes that trade real money on their own have one of so long, milliseconds. */
export const defaultDeadManMs = 60_000;

export interface DeadManParts {
  accounts(): readonly Pick<TradingAccount, 'account' | 'desk' | 'journal'>[];
  ask: AskVenue;
  nowMs(): number;
  timeoutMs: number;
}

/** Looks within one timeout: two may be lost. */
export const looksPerTimeout = 3;

export class DeadMan {
  readonly #parts: DeadManParts;
  /** What the journal says last of each account's switch. */
  readonly #told = new Map<string, string>();
  /** When each account's switch was last set, milliseconds; without an entry it is not. */
  readonly #setMs = new Map<string, number>();

  constructor(parts: DeadManParts) {
    this.#parts = parts;
  }

  /** Sets or takes back the switch of every account, but for one that was set just now. Never rejects. */
  async look(): Promise<void> {
    await Promise.all(
      this.#parts.accounts().map((trading) =>
        // The journal has failed: no order passes any more (S11).
        this.#lookAt(trading).catch(() => undefined),
      ),
    );
  }

  async #lookAt({ account, desk, journal }: ReturnType<DeadManParts['accounts']>[number]): Promise<void> {
    const { ask, nowMs, timeoutMs } = this.#parts;
    const { id, environment, venue } = account;
    const isWanted = desk.ledger.openIn('releasing', 'sent', 'acknowledged', 'unknown').length > 0;
    const setMs = this.#setMs.get(id);
    if (venue.admin?.setDeadMan === undefined || !(isWanted || setMs !== undefined)) return;
    if (isWanted && setMs !== undefined && nowMs() - setMs < timeoutMs / looksPerTimeout / 2) return;
    const wantedMs = isWanted ? timeoutMs : 0;
    this.#setMs.set(id, nowMs());
    const answer = await ask(account, venue.admin.setDeadMan({ environment }, wantedMs, nowMs()));
    const problem = !answer.isUnderstood ? answer.problem : answer.value ? '' : 'the venue refuses it';
    // What was not taken back for certain is asked for again.
    if (!isWanted && problem === '') this.#setMs.delete(id);
    const event = { account: id, isSet: isWanted && problem === '', timeoutMs: wantedMs, problem };
    const said = JSON.stringify(event);
    if (this.#told.get(id) === said) return;
    this.#told.set(id, said);
    journal.append({ type: 'trading.dead-man', ...event });
  }
}
