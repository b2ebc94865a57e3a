// Amounts and moments in order of time: what counters over a window are made of. Laid out to take little room: an account that trades
// fast has a million of them.
import { type Decimal, decimal, ofScaled, scaledOf } from '../core/decimal.js';

const zero = decimal('0');
/** Older requests are of no rule's interest: the longest window is a day, which is 25 hours long where clocks are set back. */
const keptMs = 2 * 86_400_000;
/** So many more are taken before the old ones are dropped together. */
export const trimStep = 10_000;
/** One running sum is kept for so many amounts: as many scaled ones as add up exactly. */
const blockSize = 16;
/** Sums that are remembered as they were asked for: every rule's windows begin at the same few places, and end at the newest. */
const maxAsked = 16;

/** Amounts and when they came. Each has a place, counted from the first that there ever was. */
export class Log {
  readonly #times: number[] = [];
  /** NaN for an amount that has no scaled number. */
  readonly #scaled: number[] = [];
  /** Those amounts, by place. */
  readonly #others = new Map<number, Decimal>();
  /** Places that are forgotten. */
  #gone = 0;

  add(atMs: number, worth: Decimal): number {
    const place = this.#gone + this.#times.length;
    const scaled = scaledOf(worth);
    this.#times.push(atMs);
    this.#scaled.push(scaled ?? Number.NaN);
    if (scaled === undefined) this.#others.set(place, worth);
    return place;
  }

  timeOf(place: number): number {
    return this.#times[place - this.#gone] ?? Number.NEGATIVE_INFINITY;
  }

  /** The index of the first of these places that is not before an instant. */
  firstSince(places: readonly number[], sinceMs: number): number {
    const [times, gone] = [this.#times, this.#gone];
    let [low, high] = [0, places.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[(places[middle] ?? 0) - gone] ?? Number.NEGATIVE_INFINITY) >= sinceMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Of at most `blockSize` places. */
  sum(places: readonly number[], from: number, to: number): Decimal {
    let scaled = 0;
    for (let index = from; index < to; index += 1)
      scaled += this.#scaled[(places[index] ?? 0) - this.#gone] ?? 0;
    if (!Number.isNaN(scaled)) return scaled === 0 ? zero : ofScaled(scaled);
    let sum = zero;
    for (const place of places.slice(from, to)) sum = sum.plus(this.#worthOf(place));
    return sum;
  }

  /** Forgets what no window reaches. Returns the first place that is left. */
  trim(nowMs: number): number {
    const first = firstWhere(this.#times.length, (index) => (this.#times[index] ?? 0) >= nowMs - keptMs);
    this.#times.splice(0, first);
    this.#scaled.splice(0, first);
    this.#gone += first;
    for (const place of this.#others.keys()) if (place < this.#gone) this.#others.delete(place);
    return this.#gone;
  }

  #worthOf(place: number): Decimal {
    return this.#others.get(place) ?? ofScaled(this.#scaled[place - this.#gone] ?? 0);
  }
}

/** Some places of a log: the sum of a window is one subtraction and a few additions however many lie in it. */
export class Series {
  readonly #log: Log;
  readonly #places: number[] = [];
  /** The sum of all amounts before the block of that index. */
  #sums: Decimal[] = [zero];
  /** The sum of all amounts before an index, of those that were asked for last. */
  readonly #asked = new Map<number, Decimal>();

  constructor(log: Log) {
    this.#log = log;
  }

  get size(): number {
    return this.#places.length;
  }

  /** `place`: after all that are here. */
  add(place: number): void {
    this.#places.push(place);
    if (this.#places.length % blockSize === 0) this.#sumBefore(this.#places.length);
  }

  drop(place: number): void {
    const index = this.#indexOf(place);
    if (index === -1) return;
    this.#places.splice(index, 1);
    this.#asked.clear();
    this.#sums.length = Math.min(this.#sums.length, Math.floor(index / blockSize) + 1);
  }

  /** `excepted`: places from `except` on that are left out together. */
  count(sinceMs: number, except?: number, excepted = 1): number {
    return this.size - this.#firstSince(sinceMs) - (this.#holds(except, sinceMs) ? excepted : 0);
  }

  sum(sinceMs: number, except?: number): Decimal {
    const first = this.#firstSince(sinceMs);
    if (first === this.size) return zero;
    const all = this.#askedBefore(this.size);
    const sum = first === 0 ? all : all.minus(this.#askedBefore(first));
    return except !== undefined && this.#holds(except, sinceMs)
      ? sum.minus(this.#log.sum([except], 0, 1))
      : sum;
  }

  /** When the newest came. */
  last(except?: number): number | undefined {
    const place = this.#places.at(this.#places.at(-1) === except ? -2 : -1);
    return place === undefined || place === except ? undefined : this.#log.timeOf(place);
  }

  /** Takes out all before a place. */
  forget(place: number): void {
    const count = this.#firstFrom(place);
    if (count === 0) return;
    this.#places.splice(0, count);
    this.#asked.clear();
    this.#sums = [zero];
    this.#sumBefore(this.size);
  }

  #holds(place: number | undefined, sinceMs: number): boolean {
    return place !== undefined && this.#indexOf(place) !== -1 && this.#log.timeOf(place) >= sinceMs;
  }

  #indexOf(place: number): number {
    const index = this.#firstFrom(place);
    return this.#places[index] === place ? index : -1;
  }

  #firstFrom(place: number): number {
    return firstWhere(this.size, (index) => (this.#places[index] ?? 0) >= place);
  }

  #firstSince(sinceMs: number): number {
    return this.#log.firstSince(this.#places, sinceMs);
  }

  #askedBefore(index: number): Decimal {
    const known = this.#asked.get(index);
    if (known !== undefined) return known;
    if (this.#asked.size === maxAsked) this.#asked.clear();
    const sum = this.#sumBefore(index);
    this.#asked.set(index, sum);
    return sum;
  }

  #sumBefore(index: number): Decimal {
    const block = Math.floor(index / blockSize);
    while (this.#sums.length <= block) {
      const before = this.#sums.length - 1;
      const sum = this.#log.sum(this.#places, before * blockSize, (before + 1) * blockSize);
      this.#sums.push((this.#sums[before] ?? zero).plus(sum));
    }
    const sum = this.#sums[block] ?? zero;
    return index % blockSize === 0 ? sum : sum.plus(this.#log.sum(this.#places, block * blockSize, index));
  }
}

/** A log of which every amount counts. */
export class Amounts {
  readonly #log = new Log();
  readonly #all = new Series(this.#log);
  #added = 0;

  add(atMs: number, worth: Decimal): void {
    this.#all.add(this.#log.add(atMs, worth));
    this.#added += 1;
    if (this.#added % trimStep === 0) this.#all.forget(this.#log.trim(atMs));
  }

  count(sinceMs: number): number {
    return this.#all.count(sinceMs);
  }

  sum(sinceMs: number): Decimal {
    return this.#all.sum(sinceMs);
  }

  /** When the newest came. */
  last(): number | undefined {
    return this.#all.last();
  }
}

/** The first index for which it holds, by binary search; `size` when it holds for none. It holds for all after that. */
function firstWhere(size: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
