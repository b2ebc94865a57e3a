// What an account's own orders won and lost, as a fold over its journal: fills, as the venue told them of each placed order, are matched
// at average cost. Before fees. What closes more than was opened here opens the other way round.
import type { IntentRecord, OrderEvent, OutcomeRecord } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import { NewestMap } from '../core/newest-map.js';
import type { ResultFacts } from '../guard/facts.js';
import { waitsForTrigger } from '../guard/money.js';
import type { OrderEntry } from './ledger.js';
import { Amounts } from './series.js';

const zero = decimal('0');
/** Digits after the point of a result: an average price may have endless ones. */
const resultDigits = 18;
/** Results and orders that are remembered; a streak longer than that is one for every rule. */
const maxKept = 10_000;

/** A position that fills made. */
interface Held {
  /** Signed, in base currency or contracts. */
  quantity: Decimal;
  /** Quantity times average price, of the same sign. */
  cost: Decimal;
}

/** How much of an order is counted. */
interface Counted {
  filled: Decimal;
  averagePrice: Decimal;
}

const nothing: Counted = { filled: zero, averagePrice: zero };

interface Result {
  amount: Decimal;
  atMs: number;
}

/** What was realised in one symbol, in quote currency for one unit of the contract's multiplier. */
interface Realised {
  instrument: string;
  isContracts: boolean;
  amounts: Amounts;
}

export class Results {
  readonly #held = new Map<string, Held>();
  /** Since when a position is held on its side. */
  readonly #since = new Map<string, number>();
  readonly #realised = new Map<string, Realised>();
  /** By the venue's order id or, without one, the client's. */
  readonly #counted = new NewestMap<string, Counted>(maxKept);
  /** Of each order that closed something, by the same id. */
  readonly #closed = new NewestMap<string, Result>(maxKept);
  #lastLossMs: number | undefined;
  /** When a fill became possible whose result nobody tells. */
  #unknownMs: number | undefined;
  #rearmedMs = 0;

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, entry: OrderEntry | undefined, atMs: number): void {
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#rearm(atMs);
    if (event.type === 'account.attached' && event.isFresh) this.#forgetHeld();
    if (event.type === 'trading.killed' && event.closedPositions > 0) {
      this.#forgetHeld();
      this.#unknownMs = atMs; // at whatever price the venue closed them
    }
    if (entry === undefined || (event.type !== 'order.answered' && event.type !== 'order.reconciled')) return;
    for (const [index, outcome] of event.outcomes.entries()) {
      const intent = entry.intents[index];
      if (intent !== undefined) this.#take(`${entry.id}/${index}`, intent, outcome, atMs);
    }
  }

  /** Positions that own fills made, as far as they are told. */
  holdings(): { instrument: string; quantity: Decimal; sinceMs: number }[] {
    return [...this.#held].map(([instrument, { quantity }]) => ({
      instrument,
      quantity,
      sinceMs: this.#since.get(instrument) ?? 0,
    }));
  }

  facts(): ResultFacts {
    return {
      realisedSince: (sinceMs) =>
        [...this.#realised.values()].map(({ instrument, isContracts, amounts }) => ({
          instrument,
          isContracts,
          amount: amounts.sum(sinceMs),
        })),
      lossesInRow: () => this.#lossesInRow(),
      lastCloseOf: (symbol) => this.#realised.get(symbol)?.amounts.last(),
      lastLossMs: this.#lastLossMs,
      unknownMs: this.#unknownMs,
    };
  }

  #take(name: string, intent: IntentRecord, outcome: OutcomeRecord, atMs: number): void {
    if (intent.action === 'cancel' || outcome.state === 'refused') return;
    const id = outcome.venueOrderId ?? outcome.clientOrderId ?? name;
    if (intent.action === 'amend') {
      // Its fills are told of the order that was placed; what became of another order is nobody's.
      if (outcome.filled !== undefined && outcome.filled !== '0' && this.#counted.get(id) === undefined)
        this.#unknownMs = atMs;
      return;
    }
    // What a trigger or a leg fills is an order of the venue's own, which is never asked for.
    if (waitsForTrigger(intent)) this.#unknownMs = atMs;
    const before = this.#counted.get(id) ?? nothing;
    const isEmpty = outcome.filled === undefined ? outcome.state !== 'filled' : outcome.filled === '0';
    if (isEmpty) {
      this.#counted.set(id, before);
      return;
    }
    if ((intent.legs ?? []).length > 0) this.#unknownMs = atMs;
    const filled = parseDecimal(outcome.filled ?? '');
    const average = parseDecimal(outcome.averagePrice ?? '');
    if (filled === undefined || !average?.gt(zero) || intent.side === undefined) {
      this.#unknownMs = atMs;
      return;
    }
    if (filled.lte(before.filled)) return;
    this.#counted.set(id, { filled, averagePrice: average });
    let quantity = filled;
    let worth = filled.times(average);
    if (!before.filled.eq(zero)) {
      quantity = filled.minus(before.filled);
      worth = worth.minus(before.filled.times(before.averagePrice));
    }
    const isBuy = intent.side === 'buy';
    const side = this.#held.get(intent.instrument)?.quantity.gt(zero);
    const amount = this.#fill(
      intent.instrument,
      isBuy ? quantity : zero.minus(quantity),
      isBuy ? worth : zero.minus(worth),
    );
    if (this.#held.get(intent.instrument)?.quantity.gt(zero) !== side)
      this.#since.set(intent.instrument, atMs);
    if (amount !== undefined) this.#close(id, intent, amount, atMs);
  }

  /** What the fill, its worth signed as its quantity, realised; undefined when it closed nothing. */
  #fill(instrument: string, quantity: Decimal, worth: Decimal): Decimal | undefined {
    const held = this.#held.get(instrument);
    if (held === undefined || held.quantity.gt(zero) === quantity.gt(zero)) {
      const [before, cost] = [held?.quantity ?? zero, held?.cost ?? zero];
      this.#held.set(instrument, { quantity: before.plus(quantity), cost: cost.plus(worth) });
      return undefined;
    }
    const after = held.quantity.plus(quantity);
    if (after.eq(zero)) {
      this.#held.delete(instrument);
      return zero.minus(held.cost).minus(worth).round(resultDigits);
    }
    if (after.gt(zero) === quantity.gt(zero)) {
      // It closes all and opens the other way round with the rest.
      const opening = worth.times(after).div(quantity);
      this.#held.set(instrument, { quantity: after, cost: opening });
      return zero.minus(held.cost).minus(worth.minus(opening)).round(resultDigits);
    }
    const closing = held.cost.times(quantity).div(held.quantity);
    this.#held.set(instrument, { quantity: after, cost: held.cost.plus(closing) });
    return closing.minus(worth).round(resultDigits);
  }

  #forgetHeld(): void {
    this.#held.clear();
    this.#since.clear();
  }

  #close(id: string, { instrument, quantity }: IntentRecord, amount: Decimal, atMs: number): void {
    const isContracts = quantity?.unit === 'contracts' || quantity?.unit === 'close-all';
    let realised = this.#realised.get(instrument);
    if (realised === undefined) {
      realised = { instrument, isContracts, amounts: new Amounts() };
      this.#realised.set(instrument, realised);
    }
    realised.amounts.add(atMs, amount);
    // The parts of an order are one result: a large order is no streak.
    const earlier = this.#closed.get(id);
    const result = { amount: (earlier?.amount ?? zero).plus(amount), atMs };
    this.#closed.set(id, result);
    if (result.amount.lt(zero)) this.#lastLossMs = atMs;
    else if (earlier?.amount.lt(zero)) this.#lastLossMs = this.#findLastLoss();
  }

  #findLastLoss(): number | undefined {
    for (const { amount, atMs } of this.#closed.newestFirst()) if (amount.lt(zero)) return atMs;
    return undefined;
  }

  #lossesInRow(): number {
    let losses = 0;
    for (const { amount, atMs } of this.#closed.newestFirst()) {
      if (atMs <= this.#rearmedMs || amount.gt(zero)) break;
      if (amount.lt(zero)) losses += 1;
    }
    return losses;
  }

  /** A human looked at the account: what was not known before is of no concern any more. */
  #rearm(atMs: number): void {
    this.#rearmedMs = atMs;
    this.#unknownMs = undefined;
  }
}
