// What an account did, counted from its journal for the rules: each request that was let through or held counts from that moment, so
// that two at once never see the same counters (D15), and no more once it is known that nothing of it left.
import type { OrderEvent } from '../audit/order-events.js';
import { decimal, parseDecimal } from '../core/decimal.js';
import type { ActivityFacts } from '../guard/facts.js';
import { EquityMarks } from './equity-marks.js';
import type { OrderEntry } from './ledger.js';
import { Results } from './results.js';
import { Moments, Series } from './series.js';

const zero = decimal('0');

export class Activity {
  readonly #placed = new Series();
  readonly #amended = new Series();
  /** By symbol and side. */
  readonly #bySide = new Map<string, Series>();
  readonly #bySymbol = new Moments();
  /** By fingerprint. */
  readonly #bySame = new Moments();
  readonly #results = new Results();
  readonly equityMarks = new EquityMarks();
  #released = 0;
  #rearmedMs = 0;

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, entry: OrderEntry | undefined, atMs: number): void {
    this.#results.apply(event, entry, atMs);
    this.equityMarks.apply(event, atMs);
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
      lastSame: (fingerprint) => this.#bySame.last(fingerprint, except),
      lastOf: (symbol) => this.#bySymbol.last(symbol, except),
      lastOn: (symbol, side) => this.#bySide.get(`${symbol} ${side}`)?.last(except),
      results: this.#results.facts(),
      equity: this.equityMarks.facts(),
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
    this.#bySame.add(fingerprint, id, atMs);
    for (const symbol of new Set(intents.map(({ instrument }) => instrument))) {
      this.#bySymbol.add(symbol, id, atMs);
    }
    // A request of several symbols counts whole for each: too much rather than too little.
    for (const key of new Set(intents.map(({ instrument, side }) => `${instrument} ${side ?? ''}`))) {
      seriesOf(this.#bySide, key).add(id, atMs, worth);
    }
  }

  #forget({ id, intents, fingerprint }: OrderEntry): void {
    this.#placed.drop(id);
    this.#amended.drop(id);
    this.#bySame.drop(fingerprint, id);
    for (const { instrument, side } of intents) {
      this.#bySymbol.drop(instrument, id);
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
