// What an account did, counted from its journal for the rules: each order that was let through or held counts from that moment, so
// that two at once never see the same counters (D15), and no more once it is known that nothing of it left. What a human let out counts
// from its release.
import type { IntentRecord, OrderEvent } from '../audit/order-events.js';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import { NewestMap } from '../core/newest-map.js';
import type { ActivityFacts } from '../guard/facts.js';
import { EquityMarks } from './equity-marks.js';
import { Executions } from './executions.js';
import { LastHeld } from './last-held.js';
import type { OrderEntry } from './ledger.js';
import { finalStates } from './lifecycle.js';
import { Moments } from './moments.js';
import { standingRecords, withHanging } from './own-orders.js';
import { Results } from './results.js';
import { Log, Series, trimStep } from './series.js';

const zero = decimal('0');
/** Outcomes that are awaited at once are far fewer. */
const maxLost = 10_000;
const nothing: Partial<Counted> = {};

interface Counted {
  /** Of its first order; the others follow. */
  place: number;
  placed: number;
  amended: number;
}

export class Activity {
  /** Each order that was counted; the first of a request with the worth of all. */
  readonly #log = new Log();
  /** Of requests that may still be forgotten or judged again: where in the log they are. */
  readonly #places = new NewestMap<Counted>();
  readonly #placed = new Series(this.#log);
  readonly #amended = new Series(this.#log);
  /** Placed and amended, by worth. */
  readonly #turnover = new Series(this.#log);
  readonly #executions = new Executions();
  /** Of what was placed, by symbol and side. */
  readonly #bySide = new Map<string, Series>();
  /** Placed and amended, by symbol and side. */
  readonly #turnoverBySide = new Map<string, Series>();
  /** By side, all symbols together. */
  readonly #byDirection = new Map<string, Series>();
  /** By likeness. */
  readonly #bySame = new Moments(this.#log);
  readonly #results = new Results();
  readonly equityMarks = new EquityMarks();
  readonly lastHeld = new LastHeld();
  /** Requests whose outcome was unknown when they were answered. */
  readonly #lost = new NewestMap<true>(maxLost);
  #accepted = 0;
  #rearmedMs = 0;
  #counted = 0;

  /** Takes an event that the ledger has applied. */
  apply(event: OrderEvent, entry: OrderEntry | undefined, atMs: number): void {
    this.#results.apply(event, entry, atMs);
    this.equityMarks.apply(event, atMs);
    this.lastHeld.apply(event, atMs);
    this.#executions.apply(event, entry, atMs);
    // A human looked at what was before: bursts are counted anew.
    if (event.type === 'trading.state' && event.state === 'ACTIVE') this.#rearmedMs = atMs;
    // What was open at an exchange that is gone is over.
    if (event.type === 'account.attached' && event.isFresh) this.#places.clear();
    if (entry === undefined) return;
    this.#countAccepted(event, entry);
    if (event.type === 'order.judged' && event.stage === 'proposal' && event.decision !== 'deny') {
      this.#count(entry, atMs);
    }
    // A human may have taken until another day.
    if (event.type === 'order.releasing' && entry.approvalsWanted > 0) {
      this.#forget(entry);
      this.#count(entry, atMs);
    }
    if (entry.state === 'rejected' || entry.state === 'expired' || entry.state === 'unsent')
      this.#forget(entry);
    if (finalStates.has(entry.state)) this.#places.delete(entry.id);
  }

  /** Positions that own fills made, and since when. */
  holdings(): ReturnType<Results['holdings']> {
    return this.#results.holdings();
  }

  /** What a rule may ask; a request that is judged again does not see itself. */
  facts(except?: string): ActivityFacts {
    const { place: own, placed, amended } = (except && this.#places.get(except)) || nothing;
    const lastOn = (symbol: string, side: string) => this.#bySide.get(`${symbol} ${side}`)?.last(own);
    return {
      countSince: (sinceMs, kind) =>
        kind === 'cancel'
          ? this.#executions.cancelsSince(sinceMs)
          : kind === 'place'
            ? this.#placed.count(sinceMs, own, placed)
            : this.#amended.count(sinceMs, own, amended),
      fillsSince: (sinceMs) => this.#executions.fillsSince(sinceMs),
      notionalSince: (sinceMs) => this.#turnover.sum(sinceMs, own),
      notionalOf: (symbol, side, sinceMs) =>
        toldOrNot(this.#turnoverBySide, `${symbol} `, side, sinceMs, own),
      lastSame: (likeness) => this.#bySame.last(likeness, own),
      lastOf: (symbol) => newest(lastOn(symbol, 'buy'), lastOn(symbol, 'sell'), lastOn(symbol, '')),
      lastOn,
      results: this.#results.facts(),
      fees: this.#executions.fees(),
      equity: this.equityMarks.facts(),
      rearmedMs: this.#rearmedMs,
      accepted: this.#accepted,
    };
  }

  /**
   * Worth of the requests that buy, or sell, and may have reached the venue or still may, amendments among them. A request
   * of both, or of which it is not said, counts for both.
   */
  notionalOn(side: 'buy' | 'sell', sinceMs: number, except?: string): Decimal {
    return toldOrNot(this.#byDirection, '', side, sinceMs, this.#places.get(except ?? '')?.place);
  }

  /** What the venue took: cancels, and what it refused, are no orders that a human has seen to work. */
  #countAccepted(event: OrderEvent, { id, intents }: OrderEntry): void {
    if (event.type !== 'order.answered' && event.type !== 'order.reconciled') return;
    if (event.type === 'order.answered' && event.outcome === 'unknown') this.#lost.set(id, true);
    const isFirstTold =
      event.type === 'order.answered' ? event.outcome === 'acknowledged' : this.#lost.get(id) !== undefined;
    if (!isFirstTold) return;
    this.#lost.delete(id);
    const own = standingRecords(intents);
    for (const [index, intent] of intents.entries()) {
      const state = event.outcomes[index]?.state;
      const isAccepted = state !== undefined && state !== 'refused' && state !== 'absent';
      if (intent.action === 'place' && isAccepted && own.includes(intent)) this.#accepted += 1;
    }
  }

  #count(entry: OrderEntry, atMs: number): void {
    const { id, likeness } = entry;
    const intents = withHanging(entry.intents);
    const worth = parseDecimal(entry.notional) ?? zero;
    const placed = countOf(intents, 'place');
    const amended = countOf(intents, 'amend');
    if (placed === 0 && amended === 0) return;
    const place = this.#log.add(atMs, worth);
    for (let more = 1; more < Math.max(placed, amended); more += 1) this.#log.add(atMs, zero);
    this.#places.set(id, { place, placed, amended });
    for (let more = 0; more < amended; more += 1) this.#amended.add(place + more);
    // An order that grows by amendment counts anew, as a whole: else it could be placed small and made large.
    this.#turnover.add(place);
    // Who names no side counts for both; its legs, which do, would count it again.
    for (const side of distinct(entry.intents.map(({ side = '' }) => side))) {
      seriesOf(this.#byDirection, side, this.#log).add(place);
    }
    // A request of several symbols counts whole for each: too much rather than too little.
    const keys = distinct(intents.map(({ instrument, side }) => `${instrument} ${side ?? ''}`));
    for (const key of keys) seriesOf(this.#turnoverBySide, key, this.#log).add(place);
    for (let more = 0; more < placed; more += 1) this.#placed.add(place + more);
    if (placed > 0) {
      this.#bySame.add(likeness, place);
      for (const key of keys) seriesOf(this.#bySide, key, this.#log).add(place);
    }
    this.#counted += 1;
    if (this.#counted % trimStep === 0) this.#trim(atMs);
  }

  #trim(nowMs: number): void {
    const first = this.#log.trim(nowMs);
    for (const series of [this.#placed, this.#amended, this.#turnover]) series.forget(first);
    for (const map of [this.#bySide, this.#turnoverBySide, this.#byDirection]) {
      for (const [key, series] of map) {
        series.forget(first);
        if (series.size === 0) map.delete(key);
      }
    }
    this.#bySame.forget(first);
  }

  #forget({ id, intents, likeness }: OrderEntry): void {
    const counted = this.#places.get(id);
    if (counted === undefined) return;
    const { place, placed, amended } = counted;
    for (let more = 0; more < placed; more += 1) this.#placed.drop(place + more);
    for (let more = 0; more < amended; more += 1) this.#amended.drop(place + more);
    this.#turnover.drop(place);
    this.#bySame.drop(likeness, place);
    for (const { instrument, side } of withHanging(intents)) {
      const key = `${instrument} ${side ?? ''}`;
      this.#bySide.get(key)?.drop(place);
      this.#turnoverBySide.get(key)?.drop(place);
    }
    for (const { side = '' } of intents) this.#byDirection.get(side)?.drop(place);
  }
}

function countOf(intents: readonly IntentRecord[], wanted: IntentRecord['action']): number {
  let count = 0;
  for (const { action } of intents) if (action === wanted) count += 1;
  return count;
}

function seriesOf(map: Map<string, Series>, key: string, log: Log): Series {
  let series = map.get(key);
  if (series === undefined) {
    series = new Series(log);
    map.set(key, series);
  }
  return series;
}

function newest(...times: readonly (number | undefined)[]): number | undefined {
  let last: number | undefined;
  for (const time of times) if (time !== undefined && (last === undefined || time > last)) last = time;
  return last;
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
  except: number | undefined,
): Decimal {
  const sides = side === '' ? ['buy', 'sell', ''] : [side, ''];
  let sum: Decimal | undefined;
  for (const key of sides) {
    const own = series.get(`${prefix}${key}`)?.sum(sinceMs, except);
    if (own !== undefined) sum = sum === undefined ? own : sum.plus(own);
  }
  return sum ?? zero;
}
