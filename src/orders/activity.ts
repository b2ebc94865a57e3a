// What an account did, counted from its journal for the rules: each request that was let through or held counts from that moment, so
// that two at once never see the same counters (D15), and no more once it is known that nothing of it left.
import type { OrderEvent } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import type { ActivityFacts } from '../guard/facts.js';
import { EquityMarks } from './equity-marks.js';
import { Executions } from './executions.js';
import type { OrderEntry } from './ledger.js';
import { Results } from './results.js';
import { Moments, Series, trimTimes } from './series.js';

const zero = decimal('0');

export class Activity {
  /** When each request was counted. */
  readonly #times = new Map<string, number>();
  readonly #placed = new Series(this.#times);
  readonly #amended = new Series(this.#times);
  /** Placed and amended, by worth. */
  readonly #turnover = new Series(this.#times);
  readonly #executions = new Executions();
  /** Of what was placed, by symbol and side. */
  readonly #bySide = new Moments();
  /** Placed and amended, by symbol and side. */
  readonly #turnoverBySide = new Map<string, Series>();
  /** By side, all symbols together. */
  readonly #byDirection = new Map<string, Series>();
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
    this.#executions.apply(event, entry, atMs);
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

  /** Positions that own fills made, and since when. */
  holdings(): ReturnType<Results['holdings']> {
    return this.#results.holdings();
  }

  /** What a rule may ask; a request that is judged again does not see itself. */
  facts(except?: string): ActivityFacts {
    return {
      countSince: (sinceMs, kind) =>
        kind === 'cancel'
          ? this.#executions.cancelsSince(sinceMs)
          : (kind === 'place' ? this.#placed : this.#amended).count(sinceMs, except),
      fillsSince: (sinceMs) => this.#executions.fillsSince(sinceMs),
      notionalSince: (sinceMs) => this.#turnover.sum(sinceMs, except),
      notionalOf: (symbol, side, sinceMs) =>
        toldOrNot(this.#turnoverBySide, `${symbol} `, side, sinceMs, except),
      lastSame: (fingerprint) => this.#bySame.last(fingerprint, except),
      lastOf: (symbol) => this.#bySymbol.last(symbol, except),
      lastOn: (symbol, side) => this.#bySide.last(`${symbol} ${side}`, except),
      results: this.#results.facts(),
      fees: this.#executions.fees(),
      equity: this.equityMarks.facts(),
      rearmedMs: this.#rearmedMs,
      released: this.#released,
    };
  }

  /**
   * Worth of the requests that buy, or sell, and may have reached the venue or still may, amendments among them. A request
   * of both, or of which it is not said, counts for both.
   */
  notionalOn(side: 'buy' | 'sell', sinceMs: number, except?: string): Decimal {
    return toldOrNot(this.#byDirection, '', side, sinceMs, except);
  }

  #count(entry: OrderEntry, atMs: number): void {
    const { id, intents, fingerprint } = entry;
    const worth = (entry.notional === undefined ? undefined : parseDecimal(entry.notional)) ?? zero;
    const isPlacing = intents.some(({ action }) => action === 'place');
    const isAmending = intents.some(({ action }) => action === 'amend');
    if (!isPlacing && !isAmending) return;
    this.#times.set(id, atMs);
    trimTimes(this.#times, atMs);
    if (isAmending) this.#amended.add(id, atMs, zero);
    // An order that grows by amendment counts anew, as a whole: else it could be placed small and made large.
    this.#turnover.add(id, atMs, worth);
    for (const side of distinct(intents.map(({ side = '' }) => side))) {
      this.#seriesOf(this.#byDirection, side).add(id, atMs, worth);
    }
    // A request of several symbols counts whole for each: too much rather than too little.
    const keys = distinct(intents.map(({ instrument, side }) => `${instrument} ${side ?? ''}`));
    for (const key of keys) this.#seriesOf(this.#turnoverBySide, key).add(id, atMs, worth);
    if (!isPlacing) return;
    this.#placed.add(id, atMs, worth);
    this.#bySame.add(fingerprint, id, atMs);
    for (const key of keys) this.#bySide.add(key, id, atMs);
    for (const symbol of distinct(intents.map(({ instrument }) => instrument))) {
      this.#bySymbol.add(symbol, id, atMs);
    }
  }

  #seriesOf(map: Map<string, Series>, key: string): Series {
    const series = map.get(key) ?? new Series(this.#times);
    map.set(key, series);
    return series;
  }

  #forget({ id, intents, fingerprint }: OrderEntry): void {
    this.#placed.drop(id);
    this.#amended.drop(id);
    this.#turnover.drop(id);
    this.#bySame.drop(fingerprint, id);
    for (const { instrument, side } of intents) {
      this.#bySymbol.drop(instrument, id);
      const key = `${instrument} ${side ?? ''}`;
      this.#bySide.drop(key, id);
      this.#turnoverBySide.get(key)?.drop(id);
      this.#byDirection.get(side ?? '')?.drop(id);
    }
    this.#times.delete(id);
  }
}

/** Most requests hold one order. */
function distinct(values: readonly string[]): Iterable<string> {
  return values.length === 1 ? values : new Set(values);
}

/** Of a side together with what does not say its side; of an untold side, everything: it may be either. */
function toldOrNot(
  series: ReadonlyMap<string, Series>,
  prefix: string,
  side: string,
  sinceMs: number,
  except: string | undefined,
): Decimal {
  const sides = side === '' ? ['buy', 'sell', ''] : [side, ''];
  let sum = zero;
  for (const key of sides) sum = sum.plus(series.get(`${prefix}${key}`)?.sum(sinceMs, except) ?? zero);
  return sum;
}
