// What an account did, counted from its journal for the rules: each request that was let through or held counts from that moment, so
// that two at once never see the same counters (D15), and no more once it is known that nothing of it left.
import type { OrderEvent } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import type { ActivityFacts } from '../guard/facts.js';
import type { OrderEntry } from './ledger.js';

const zero = decimal('0');
/** Older requests are of no rule's interest: the longest window is a week. */
const keptMs = 8 * 86_400_000;
const trimStep = 10_000;

interface Counted {
  id: string;
  atMs: number;
  worth: Decimal;
}

/** Worths in order of time, with running sums: a window's sum is one subtraction however many lie in it. */
class Series {
  readonly #entries: Counted[] = [];
  readonly #byId = new Map<string, Counted>();
  /** Sum of all worths up to and with the entry. */
  #sums: Decimal[] = [];

  add(id: string, atMs: number, worth: Decimal): void {
    const counted = { id, atMs, worth };
    this.#entries.push(counted);
    this.#byId.set(id, counted);
    this.#sums.push((this.#sums.at(-1) ?? zero).plus(worth));
    if (this.#entries.length % trimStep === 0) this.#trim(atMs - keptMs);
  }

  drop(id: string): void {
    if (!this.#byId.delete(id)) return;
    const index = this.#entries.findLastIndex((entry) => entry.id === id);
    if (index === -1) return;
    this.#entries.splice(index, 1);
    this.#sumFrom(index);
  }

  count(sinceMs: number, except?: string): number {
    const from = this.#firstSince(sinceMs);
    const own = this.#find(except, sinceMs) === undefined ? 0 : 1;
    return this.#entries.length - from - own;
  }

  sum(sinceMs: number, except?: string): Decimal {
    const from = this.#firstSince(sinceMs);
    const all = (this.#sums.at(-1) ?? zero).minus(this.#sums[from - 1] ?? zero);
    const own = this.#find(except, sinceMs);
    return own === undefined ? all : all.minus(own.worth);
  }

  last(except?: string): number | undefined {
    return this.#entries.findLast(({ id }) => id !== except)?.atMs;
  }

  #find(id: string | undefined, sinceMs: number): Counted | undefined {
    const found = id === undefined ? undefined : this.#byId.get(id);
    return found === undefined || found.atMs < sinceMs ? undefined : found;
  }

  /** Binary search: entries come in order of time. */
  #firstSince(sinceMs: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.atMs ?? 0) < sinceMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trim(beforeMs: number): void {
    const first = this.#firstSince(beforeMs);
    if (first === 0) return;
    for (const { id } of this.#entries.splice(0, first)) this.#byId.delete(id);
    this.#sums = [];
    this.#sumFrom(0);
  }

  #sumFrom(index: number): void {
    this.#sums.length = index;
    for (const { worth } of this.#entries.slice(index))
      this.#sums.push((this.#sums.at(-1) ?? zero).plus(worth));
  }
}

export class Activity {
  readonly #placed = new Series();
  readonly #amended = new Series();
  /** By symbol and side; by symbol; by fingerprint. */
  readonly #bySide = new Map<string, Series>();
  readonly #bySymbol = new Map<string, Series>();
  readonly #bySame = new Map<string, Series>();
  #released = 0;
  #rearmedMs = 0;

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, entry: OrderEntry | undefined, atMs: number): void {
    // A human looked at what was before: bursts are counted anew.
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#rearmedMs = atMs;
    if (entry === undefined) return;
    if (event.type === 'order.sent') this.#released += 1;
    if (event.type === 'order.judged' && event.stage === 'proposal' && event.decision !== 'deny') {
      this.#count(entry, atMs);
    }
    if (entry.state === 'rejected' || entry.state === 'expired' || entry.state === 'unsent')
      this.#forget(entry);
  }

  /** What a rule may ask; a request that is judged again does not see itself. */
  facts(except?: string): ActivityFacts {
    return {
      countSince: (sinceMs, kind) => (kind === 'place' ? this.#placed : this.#amended).count(sinceMs, except),
      notionalSince: (sinceMs) => this.#placed.sum(sinceMs, except),
      notionalOf: (symbol, side, sinceMs) =>
        this.#bySide.get(`${symbol} ${side}`)?.sum(sinceMs, except) ?? zero,
      lastSame: (fingerprint) => this.#bySame.get(fingerprint)?.last(except),
      lastOf: (symbol) => this.#bySymbol.get(symbol)?.last(except),
      rearmedMs: this.#rearmedMs,
      released: this.#released,
    };
  }

  #count(entry: OrderEntry, atMs: number): void {
    const { id, intents, fingerprint } = entry;
    const kinds = new Set(intents.map(({ action }) => action));
    const worth = (entry.notional === undefined ? undefined : parseDecimal(entry.notional)) ?? zero;
    if (kinds.has('place')) this.#placed.add(id, atMs, worth);
    if (kinds.has('amend')) this.#amended.add(id, atMs, zero);
    if (!kinds.has('place')) return;
    seriesOf(this.#bySame, fingerprint).add(id, atMs, worth);
    for (const symbol of new Set(intents.map(({ instrument }) => instrument))) {
      seriesOf(this.#bySymbol, symbol).add(id, atMs, worth);
    }
    // A request of several symbols counts whole for each: too much rather than too little.
    for (const key of new Set(intents.map(({ instrument, side }) => `${instrument} ${side ?? ''}`))) {
      seriesOf(this.#bySide, key).add(id, atMs, worth);
    }
  }

  #forget({ id, intents, fingerprint }: OrderEntry): void {
    this.#placed.drop(id);
    this.#amended.drop(id);
    this.#bySame.get(fingerprint)?.drop(id);
    for (const { instrument, side } of intents) {
      this.#bySymbol.get(instrument)?.drop(id);
      this.#bySide.get(`${instrument} ${side ?? ''}`)?.drop(id);
    }
  }
}

function seriesOf(map: Map<string, Series>, key: string): Series {
  let series = map.get(key);
  if (series === undefined) {
    series = new Series();
    map.set(key, series);
  }
  return series;
}
