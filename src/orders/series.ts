// Amounts and moments in order of time: what counters over a window are made of. Laid out to take little room: an account that trades
// fast has a million of them.
import { type Decimal, decimal } from '../core/decimal.js';

const zero = decimal('0');
/** Older requests are of no rule's interest: the longest window is a day, which is 25 hours long where clocks are set back. */
const keptMs = 2 * 86_400_000;
const trimStep = 10_000;
/** One running sum is kept for so many amounts. */
const blockSize = 16;

/** Amounts in order of time: the sum of a window is one subtraction and a few additions however many lie in it. */
export class Amounts {
  readonly #times: number[] = [];
  readonly #worths: Decimal[] = [];
  /** The sum of all amounts before the block of that index. */
  #sums: Decimal[] = [];
  #total = zero;

  get size(): number {
    return this.#times.length;
  }

  add(atMs: number, worth: Decimal): void {
    if (this.#times.length % blockSize === 0) this.#sums.push(this.#total);
    this.#times.push(atMs);
    this.#worths.push(worth);
    this.#total = this.#total.plus(worth);
  }

  at(index: number): { atMs: number; worth: Decimal } | undefined {
    const [atMs, worth] = [this.#times[index], this.#worths[index]];
    return atMs === undefined || worth === undefined ? undefined : { atMs, worth };
  }

  remove(index: number): void {
    this.#times.splice(index, 1);
    this.#worths.splice(index, 1);
    this.#sumFrom(index);
  }

  /** Takes out the oldest. */
  removeFirst(count: number): void {
    this.#times.splice(0, count);
    this.#worths.splice(0, count);
    this.#sumFrom(0);
  }

  /** Index of the first that is not older, by binary search; `size` when all are. */
  firstSince(sinceMs: number): number {
    let [low, high] = [0, this.#times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] ?? 0) < sinceMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  sum(sinceMs: number): Decimal {
    return this.#total.minus(this.#sumBefore(this.firstSince(sinceMs)));
  }

  #sumBefore(index: number): Decimal {
    const block = Math.floor(index / blockSize);
    let sum = this.#sums[block] ?? this.#total;
    for (const worth of this.#worths.slice(block * blockSize, index)) sum = sum.plus(worth);
    return sum;
  }

  #sumFrom(index: number): void {
    const block = Math.floor(index / blockSize);
    this.#total = this.#sums[block] ?? this.#total;
    if (block === 0) this.#total = zero;
    this.#sums.length = Math.min(this.#sums.length, block);
    for (let at = block * blockSize; at < this.#worths.length; at += 1) {
      if (at % blockSize === 0) this.#sums.push(this.#total);
      this.#total = this.#total.plus(this.#worths[at] ?? zero);
    }
  }
}

/** What requests were worth, each under its id, so that one can be left out or taken back. */
export class Series {
  readonly #amounts = new Amounts();
  /** In the order of the amounts. */
  readonly #ids: string[] = [];
  readonly #times: ReadonlyMap<string, number>;

  /** `times`: when each id was counted, of all series of an account; an id is added at no other time. */
  constructor(times: ReadonlyMap<string, number>) {
    this.#times = times;
  }

  add(id: string, atMs: number, worth: Decimal): void {
    this.#ids.push(id);
    this.#amounts.add(atMs, worth);
    if (this.#ids.length % trimStep === 0) this.#trim(atMs - keptMs);
  }

  drop(id: string): void {
    const index = this.#indexOf(id);
    if (index === -1) return;
    this.#ids.splice(index, 1);
    this.#amounts.remove(index);
  }

  count(sinceMs: number, except?: string): number {
    const own = this.#find(except, sinceMs) === undefined ? 0 : 1;
    return this.#amounts.size - this.#amounts.firstSince(sinceMs) - own;
  }

  sum(sinceMs: number, except?: string): Decimal {
    const all = this.#amounts.sum(sinceMs);
    const own = this.#find(except, sinceMs);
    return own === undefined ? all : all.minus(own);
  }

  last(except?: string): number | undefined {
    return this.#amounts.at(this.#ids.findLastIndex((id) => id !== except))?.atMs;
  }

  #find(id: string | undefined, sinceMs: number): Decimal | undefined {
    const found = id === undefined ? undefined : this.#amounts.at(this.#indexOf(id));
    return found === undefined || found.atMs < sinceMs ? undefined : found.worth;
  }

  /** -1 when it is not here: among those of its time. */
  #indexOf(id: string): number {
    const atMs = this.#times.get(id);
    if (atMs === undefined) return -1;
    for (let index = this.#amounts.firstSince(atMs); this.#amounts.at(index)?.atMs === atMs; index += 1)
      if (this.#ids[index] === id) return index;
    return -1;
  }

  #trim(beforeMs: number): void {
    const old = this.#amounts.firstSince(beforeMs);
    if (old === 0) return;
    this.#ids.splice(0, old);
    this.#amounts.removeFirst(old);
  }
}

/** Forgets when requests were counted whom no series has any more. */
export function trimTimes(times: Map<string, number>, nowMs: number): void {
  if (times.size % trimStep !== 0) return;
  for (const [id, atMs] of times) {
    // Some series keep what is older until they are trimmed themselves: they may find it for as long again.
    if (atMs >= nowMs - 2 * keptMs) return;
    times.delete(id);
  }
}

interface Moment {
  readonly id: string;
  readonly atMs: number;
  /** The one before of the same kind. */
  before: Moment | undefined;
}

/** When something happened last, by kinds of which there are as many as orders. */
export class Moments {
  /** The newest of each kind. */
  readonly #byKind = new Map<string, Moment>();
  #added = 0;

  add(kind: string, id: string, atMs: number): void {
    this.#byKind.set(kind, { id, atMs, before: this.#byKind.get(kind) });
    this.#added += 1;
    if (this.#added % trimStep === 0) this.#trim(atMs - keptMs);
  }

  drop(kind: string, id: string): void {
    let after: Moment | undefined;
    for (let moment = this.#byKind.get(kind); moment !== undefined; moment = moment.before) {
      if (moment.id === id) {
        if (after !== undefined) after.before = moment.before;
        else if (moment.before !== undefined) this.#byKind.set(kind, moment.before);
        else this.#byKind.delete(kind);
        return;
      }
      after = moment;
    }
  }

  last(kind: string, except?: string): number | undefined {
    let moment = this.#byKind.get(kind);
    while (moment !== undefined && moment.id === except) moment = moment.before;
    return moment?.atMs;
  }

  #trim(beforeMs: number): void {
    for (const [kind, newest] of this.#byKind) {
      if (newest.atMs < beforeMs) this.#byKind.delete(kind);
      let last = newest;
      while (last.before !== undefined && last.before.atMs >= beforeMs) last = last.before;
      last.before = undefined;
    }
  }
}
