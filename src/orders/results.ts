// What an account's own orders won and lost, as a fold over its journal: fills, as the venue told them of each placed order, are matched
// at average cost. Before fees. What closes more than was opened here opens the other way round.
import type { IntentRecord, OrderEvent, OutcomeRecord } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import type { ResultFacts } from '../guard/facts.js';
import { waitsForTrigger } from '../guard/money.js';
import type { OrderEntry } from './ledger.js';
import { Series } from './series.js';

const zero = decimal('0');
/** Digits after the point of a result: an average price may have endless ones. */
const resultDigits = 18;
/** Results and orders that are remembered; a streak longer than that is one for every rule. */
const maxKept = 10_000;

/** A position that fills made. */
interface Held {
  /** Signed, in base currency or contracts. */
  quantity: Decimal;
  /** Average price. */
  price: Decimal;
}

/** How much of an order is counted. */
interface Counted {
  filled: Decimal;
  /** Filled quantity times average price. */
  worth: Decimal;
}

interface Result {
  id: string;
  amount: Decimal;
  atMs: number;
}

/** What was realised in one symbol, in quote currency for one unit of the contract's multiplier. */
interface Realised {
  instrument: string;
  isContracts: boolean;
  series: Series;
}

export class Results {
  readonly #held = new Map<string, Held>();
  readonly #realised = new Map<string, Realised>();
  /** By the venue's order id or, without one, the client's. */
  readonly #counted = new Map<string, Counted>();
  /** Of each order that closed something, oldest first. */
  readonly #closed: Result[] = [];
  /** When a fill became possible whose result nobody tells. */
  #unknownMs: number | undefined;
  #rearmedMs = 0;
  #fills = 0;

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, entry: OrderEntry | undefined, atMs: number): void {
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#rearm(atMs);
    if (event.type === 'account.attached' && event.isFresh) this.#held.clear();
    if (event.type === 'trading.killed' && event.closedPositions > 0) {
      this.#held.clear();
      this.#unknownMs = atMs; // at whatever price the venue closed them
    }
    if (entry === undefined || (event.type !== 'order.answered' && event.type !== 'order.reconciled')) return;
    for (const [index, outcome] of event.outcomes.entries()) {
      const intent = entry.intents[index];
      if (intent !== undefined) this.#take(`${entry.id}/${index}`, intent, outcome, atMs);
    }
  }

  facts(): ResultFacts {
    return {
      realisedSince: (sinceMs) =>
        [...this.#realised.values()].map(({ instrument, isContracts, series }) => ({
          instrument,
          isContracts,
          amount: series.sum(sinceMs),
        })),
      lossesInRow: () => this.#lossesInRow(),
      lastLossMs: this.#closed.findLast(({ amount }) => amount.lt(zero))?.atMs,
      unknownMs: this.#unknownMs,
    };
  }

  #take(name: string, intent: IntentRecord, outcome: OutcomeRecord, atMs: number): void {
    if (intent.action === 'cancel' || outcome.state === 'refused') return;
    const id = outcome.venueOrderId ?? outcome.clientOrderId ?? name;
    if (intent.action === 'amend') {
      // Its fills are told of the order that was placed; what became of another order is nobody's.
      if (outcome.filled !== undefined && outcome.filled !== '0' && !this.#counted.has(id))
        this.#unknownMs = atMs;
      return;
    }
    // What a trigger or a leg fills is an order of the venue's own, which is never asked for.
    if (waitsForTrigger(intent)) this.#unknownMs = atMs;
    const before = this.#counted.get(id) ?? { filled: zero, worth: zero };
    this.#remember(id, before);
    const isEmpty = outcome.filled === undefined ? outcome.state !== 'filled' : outcome.filled === '0';
    if (isEmpty) return;
    if ((intent.legs ?? []).length > 0) this.#unknownMs = atMs;
    const filled = parseDecimal(outcome.filled ?? '');
    const average = parseDecimal(outcome.averagePrice ?? '');
    if (filled === undefined || !average?.gt(zero) || intent.side === undefined) {
      this.#unknownMs = atMs;
      return;
    }
    const now = { filled, worth: filled.times(average) };
    const quantity = now.filled.minus(before.filled);
    if (quantity.lte(zero)) return;
    this.#remember(id, now);
    const price = now.worth.minus(before.worth).div(quantity);
    const signed = intent.side === 'buy' ? quantity : zero.minus(quantity);
    const amount = this.#fill(intent.instrument, signed, price);
    if (amount !== undefined) this.#close(id, intent, amount, atMs);
  }

  /** What the fill realised; undefined when it closed nothing. */
  #fill(instrument: string, quantity: Decimal, price: Decimal): Decimal | undefined {
    const held = this.#held.get(instrument) ?? { quantity: zero, price: zero };
    const after = held.quantity.plus(quantity);
    if (held.quantity.times(quantity).gte(zero)) {
      const worth = held.quantity.times(held.price).plus(quantity.times(price));
      this.#held.set(instrument, { quantity: after, price: worth.div(after) });
      return undefined;
    }
    const isTurned = after.times(held.quantity).lt(zero);
    const closed = isTurned ? held.quantity : zero.minus(quantity);
    if (after.eq(zero)) this.#held.delete(instrument);
    else this.#held.set(instrument, { quantity: after, price: isTurned ? price : held.price });
    return closed.times(price.minus(held.price)).round(resultDigits);
  }

  #close(id: string, { instrument, quantity }: IntentRecord, amount: Decimal, atMs: number): void {
    const isContracts = quantity?.unit === 'contracts' || quantity?.unit === 'close-all';
    let realised = this.#realised.get(instrument);
    if (realised === undefined) {
      realised = { instrument, isContracts, series: new Series() };
      this.#realised.set(instrument, realised);
    }
    this.#fills += 1;
    realised.series.add(`${id}/${this.#fills}`, atMs, amount);
    // The parts of an order are one result: a large order is no streak.
    const known = this.#closed.findLastIndex((each) => each.id === id);
    const earlier = known === -1 ? undefined : this.#closed.splice(known, 1)[0];
    this.#closed.push({ id, amount: (earlier?.amount ?? zero).plus(amount), atMs });
    if (this.#closed.length > maxKept) this.#closed.shift();
  }

  #lossesInRow(): number {
    let losses = 0;
    for (let index = this.#closed.length - 1; index >= 0; index -= 1) {
      const result = this.#closed[index];
      if (result === undefined || result.atMs <= this.#rearmedMs || result.amount.gt(zero)) break;
      if (result.amount.lt(zero)) losses += 1;
    }
    return losses;
  }

  /** A human looked at the account: what was not known before is of no concern any more. */
  #rearm(atMs: number): void {
    this.#rearmedMs = atMs;
    this.#unknownMs = undefined;
  }

  #remember(id: string, counted: Counted): void {
    this.#counted.delete(id);
    this.#counted.set(id, counted);
    if (this.#counted.size <= maxKept) return;
    for (const oldest of this.#counted.keys()) {
      this.#counted.delete(oldest);
      return;
    }
  }
}
