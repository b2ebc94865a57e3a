// How often an account's orders were cancelled and filled, and what fills cost, as a fold over its journal: fees as the venue told
// them of each placed order, in quote currency. What came on top of what was told before counts when it was told.
import type { OrderEvent, OutcomeRecord } from '../audit/order-events.js';
import { decimal, parseDecimal } from '../core/decimal.js';
import { NewestMap } from '../core/newest-map.js';
import type { FeeFacts } from '../guard/facts.js';
import type { OrderEntry } from './ledger.js';
import { finalStates } from './lifecycle.js';
import { Amounts } from './series.js';

const zero = decimal('0');
/** Orders that are remembered, so that nothing of them counts twice. */
const maxKept = 10_000;

export class Executions {
  readonly #canceled = new Amounts();
  readonly #filled = new Amounts();
  /** By symbol. */
  readonly #paid = new Map<string, Amounts>();
  /** What is counted of an order: its fee so far, empty before one was told. */
  readonly #counted = new NewestMap<string>(maxKept);
  /** Fills whose fee was not told yet, and when they were. */
  #untold = new NewestMap<number>(maxKept);

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, entry: OrderEntry | undefined, atMs: number): void {
    // A human looked at the account: what was not known before is of no concern any more.
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#untold = new NewestMap(maxKept);
    if (entry === undefined) return;
    const { id, intents, state } = entry;
    if (event.type === 'order.judged' && event.stage === 'proposal' && event.decision !== 'deny') {
      for (const { action, cancels } of intents)
        if (action === 'cancel')
          for (let count = 0; count < (cancels?.length ?? 1); count += 1) this.#canceled.add(atMs, zero);
    }
    if (event.type !== 'order.answered' && event.type !== 'order.reconciled') return;
    for (const [index, outcome] of event.outcomes.entries()) {
      const intent = intents[index];
      if (intent?.action !== 'place') continue;
      const name = `${id}/${index}`;
      const fee = this.#take(name, intent.instrument, outcome, atMs);
      // Of an order that is over no more is told.
      if (finalStates.has(state)) this.#counted.delete(name);
      else if (fee !== undefined) this.#counted.set(name, fee);
    }
  }

  /** Orders that cancels named since an instant; of those that name none, each cancel. */
  cancelsSince(sinceMs: number): number {
    return this.#canceled.count(sinceMs);
  }

  /** Orders of which something was first filled since an instant. */
  fillsSince(sinceMs: number): number {
    return this.#filled.count(sinceMs);
  }

  fees(): FeeFacts {
    return {
      paidSince: (sinceMs) =>
        [...this.#paid].map(([instrument, amounts]) => ({ instrument, amount: amounts.sum(sinceMs) })),
      isUntoldSince: (sinceMs) => {
        const [newestMs] = this.#untold.newestFirst();
        return newestMs !== undefined && newestMs >= sinceMs;
      },
    };
  }

  /** What is counted of it from now on; undefined when that is as before. */
  #take(
    name: string,
    instrument: string,
    { state, filled, fee }: OutcomeRecord,
    atMs: number,
  ): string | undefined {
    if (filled === undefined ? state !== 'filled' : filled === '0') return undefined;
    const before = this.#counted.get(name);
    if (before === undefined) this.#filled.add(atMs, zero);
    const told = parseDecimal(fee);
    if (told === undefined) {
      if (this.#untold.get(name) === undefined) this.#untold.set(name, atMs);
      return before ?? '';
    }
    this.#untold.delete(name);
    const more = told.minus(parseDecimal(before) ?? zero);
    if (more.eq(zero)) return fee;
    let paid = this.#paid.get(instrument);
    if (paid === undefined) {
      paid = new Amounts();
      this.#paid.set(instrument, paid);
    }
    paid.add(atMs, more);
    return fee;
  }
}
