// What an account's own orders won and lost, as a fold over its journal: fills, as the venue told them of each placed order, are matched
// at average cost. Before fees. What closes more than was opened here opens the other way round. Whether contracts are inverse the journal
// does not say: of contracts both results are kept, and an order that lost by either is one that lost.
import type { IntentRecord, OrderEvent, OutcomeRecord } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal, quotient } from '../core/decimal.js';
import { NewestMap } from '../core/newest-map.js';
import { positionKey } from '../core/position.js';
import type { ResultFacts } from '../guard/facts.js';
import { waitsForTrigger } from '../guard/money.js';
import { type Filled, filledAt, fillPosition, type Won } from './held-position.js';
import type { OrderEntry } from './ledger.js';
import { Amounts } from './series.js';

const zero = decimal('0');
/** Results and orders that are remembered; a streak longer than that is one for every rule. */
const maxKept = 10_000;

interface Counted {
  filled: Decimal;
  averagePrice: Decimal;
}

/** How much of an order is counted, as the venue told it: of thousands of orders, of which few are told of again. */
type Told = Pick<OutcomeRecord, 'filled' | 'averagePrice'>;

const nothing: Told = {};

interface Result extends Won {
  atMs: number;
}

/** What was realised in one symbol, in quote currency for one unit of the contract's multiplier. */
interface Realised {
  instrument: string;
  isContracts: boolean;
  amounts: Amounts;
  /** The same if they are inverse; absent where they cannot be. */
  inverse?: Amounts;
}

export class Results {
  /** By `positionKey`. */
  readonly #held = new Map<string, Filled>();
  /** Since when a position is held on its side. */
  readonly #since = new Map<string, number>();
  readonly #realised = new Map<string, Realised>();
  /** By the venue's order id or, without one, the client's. */
  readonly #counted = new NewestMap<Told>(maxKept);
  /** Of each order that closed something, by the same id. */
  readonly #closed = new NewestMap<Result>(maxKept);
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

  /** Positions that own fills made, as far as they are told, by `positionKey`. */
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
        [...this.#realised.values()].map(({ instrument, isContracts, amounts, inverse }) => ({
          instrument,
          isContracts,
          amount: amounts.sum(sinceMs),
          // Few contracts are inverse: it is counted when somebody asks.
          get inverse() {
            return inverse?.sum(sinceMs);
          },
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
    const told = this.#counted.get(id) ?? nothing;
    const isEmpty = outcome.filled === undefined ? outcome.state !== 'filled' : outcome.filled === '0';
    if (isEmpty) {
      this.#counted.set(id, told);
      return;
    }
    if ((intent.legs ?? []).length > 0) this.#unknownMs = atMs;
    const filled = parseDecimal(outcome.filled);
    const average = parseDecimal(outcome.averagePrice);
    if (filled === undefined || !average?.gt(zero) || intent.side === undefined) {
      this.#unknownMs = atMs;
      return;
    }
    const before = countedOf(told);
    if (filled.lte(before?.filled ?? zero)) return;
    this.#counted.set(id, { filled: outcome.filled ?? '', averagePrice: outcome.averagePrice ?? '' });
    const key = positionKey(intent);
    const position = this.#held.get(key);
    const { held, won } = fillPosition(
      position,
      newlyFilled(before, { filled, averagePrice: average }, intent),
    );
    if (held === undefined) this.#held.delete(key);
    else this.#held.set(key, held);
    if (held?.quantity.gt(zero) !== position?.quantity.gt(zero)) this.#since.set(key, atMs);
    if (won !== undefined) this.#close(id, intent, won, atMs);
  }

  #forgetHeld(): void {
    this.#held.clear();
    this.#since.clear();
  }

  #close(id: string, intent: IntentRecord, won: Won, atMs: number): void {
    const { instrument } = intent;
    const { amount, inverse } = won;
    const isContracts = isOfContracts(intent);
    let realised = this.#realised.get(instrument);
    if (realised === undefined) {
      realised = { instrument, isContracts, amounts: new Amounts() };
      if (mayBeInverse(intent)) realised.inverse = new Amounts();
      this.#realised.set(instrument, realised);
    }
    realised.amounts.add(atMs, amount);
    if (inverse !== undefined) realised.inverse?.add(atMs, inverse);
    // The parts of an order are one result: a large order is no streak.
    const earlier = this.#closed.get(id);
    const result = {
      amount: earlier === undefined ? amount : earlier.amount.plus(amount),
      inverse: inverse && (earlier?.inverse ?? zero).plus(inverse),
      atMs,
    };
    this.#closed.set(id, result);
    if (isLoss(result)) this.#lastLossMs = atMs;
    else if (earlier !== undefined && isLoss(earlier)) this.#lastLossMs = this.#findLastLoss();
  }

  #findLastLoss(): number | undefined {
    for (const result of this.#closed.newestFirst()) if (isLoss(result)) return result.atMs;
    return undefined;
  }

  #lossesInRow(): number {
    let losses = 0;
    for (const result of this.#closed.newestFirst()) {
      const isLost = isLoss(result);
      if (result.atMs <= this.#rearmedMs || (!isLost && result.amount.gt(zero))) break;
      if (isLost) losses += 1;
    }
    return losses;
  }

  /** A human looked at the account: what was not known before is of no concern any more. */
  #rearm(atMs: number): void {
    this.#rearmedMs = atMs;
    this.#unknownMs = undefined;
  }
}

function isLoss({ amount, inverse }: Won): boolean {
  return amount.lt(zero) || inverse?.lt(zero) === true;
}

function isOfContracts({ quantity }: IntentRecord): boolean {
  return quantity?.unit === 'contracts' || quantity?.unit === 'close-all';
}

/**
 * Inverse contracts are quoted in a currency that is no coin and settled in coins: one quoted in a dollar coin is linear. A rule
 * that takes it for inverse all the same finds no result and denies.
 */
function mayBeInverse(intent: IntentRecord): boolean {
  return isOfContracts(intent) && !/USD[TC]/i.test(intent.instrument);
}

/** Undefined while nothing is. */
function countedOf({ filled, averagePrice }: Told): Counted | undefined {
  return filled === undefined || averagePrice === undefined
    ? undefined
    : { filled: decimal(filled), averagePrice: decimal(averagePrice) };
}

/** What came on top of what was counted, at the price that makes the average what it is. */
function newlyFilled(before: Counted | undefined, now: Counted, intent: IntentRecord): Filled {
  const isBuy = intent.side === 'buy';
  const hasCoins = mayBeInverse(intent);
  const worth = ({ filled, averagePrice }: Counted) => filled.times(averagePrice);
  const coins = ({ filled, averagePrice }: Counted) =>
    hasCoins ? quotient(filled, averagePrice) : undefined;
  if (before === undefined) return filledAt(now.filled, worth(now), coins(now), isBuy);
  const more = coins(now)?.minus(coins(before) ?? zero);
  return filledAt(now.filled.minus(before.filled), worth(now).minus(worth(before)), more, isBuy);
}
