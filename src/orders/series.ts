// Amounts in order of time, with running sums: what counters over a window are made of.
import { type Decimal, decimal } from '../core/decimal.js';

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
export class Series {
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

/** When something happened last, by kinds of which there are as many as orders. */
export class Moments {
  readonly #byKind = new Map<string, { id: string; atMs: number }[]>();
  #added = 0;

  add(kind: string, id: string, atMs: number): void {
    const known = this.#byKind.get(kind);
    if (known === undefined) this.#byKind.set(kind, [{ id, atMs }]);
    else known.push({ id, atMs });
    this.#added += 1;
    if (this.#added % trimStep === 0) this.#trim(atMs - keptMs);
  }

  drop(kind: string, id: string): void {
    const known = this.#byKind.get(kind);
    const index = known?.findLastIndex((one) => one.id === id) ?? -1;
    if (index >= 0) known?.splice(index, 1);
  }

  last(kind: string, except?: string): number | undefined {
    return this.#byKind.get(kind)?.findLast(({ id }) => id !== except)?.atMs;
  }

  #trim(beforeMs: number): void {
    for (const [kind, known] of this.#byKind) {
      const kept = known.filter(({ atMs }) => atMs >= beforeMs);
      if (kept.length === 0) this.#byKind.delete(kind);
      else if (kept.length < known.length) this.#byKind.set(kind, kept);
    }
  }
}
