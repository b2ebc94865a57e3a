// The price of an instrument, second by second: a pure function of seed and time, searchable for crossings without walking it.
import type { Noise } from './noise.js';

const perBillion = 1_000_000_000n;
/** Ways shorter than this are walked, longer ones halved. */
const walkable = 4;

export interface Extremes {
  low: bigint;
  high: bigint;
}

/** Seconds are whole seconds since the epoch, prices whole ticks. */
export class PricePath {
  constructor(
    private readonly baseTicks: bigint,
    private readonly noises: readonly Noise[],
  ) {}

  ticksAt(second: number): bigint {
    let offset = 0;
    for (const noise of this.noises) offset += noise.at(second);
    return this.#ticks(offset);
  }

  /** The first second from `from` to `to` whose price is `limit` or less. */
  firstAtOrBelow(limit: bigint, from: number, to: number): number | undefined {
    return this.#first(from, to, ({ low }) => low <= limit);
  }

  /** The first second from `from` to `to` whose price is `limit` or more. */
  firstAtOrAbove(limit: bigint, from: number, to: number): number | undefined {
    return this.#first(from, to, ({ high }) => high >= limit);
  }

  /** Lowest and highest price from `from` to `to`. */
  extremes(from: number, to: number): Extremes {
    const found: Extremes = { low: this.ticksAt(from), high: this.ticksAt(from) };
    this.#widen(from, to, found);
    return found;
  }

  #first(from: number, to: number, reaches: (bounds: Extremes) => boolean): number | undefined {
    if (from > to || !reaches(this.#bounds(from, to))) return undefined;
    if (from === to) return from;
    const middle = Math.floor((from + to) / 2);
    return this.#first(from, middle, reaches) ?? this.#first(middle + 1, to, reaches);
  }

  #widen(from: number, to: number, found: Extremes): void {
    const bounds = this.#bounds(from, to);
    if (bounds.low >= found.low && bounds.high <= found.high) return;
    if (to - from <= walkable) {
      for (let second = from; second <= to; second += 1) {
        const ticks = this.ticksAt(second);
        if (ticks < found.low) found.low = ticks;
        if (ticks > found.high) found.high = ticks;
      }
      return;
    }
    const middle = Math.floor((from + to) / 2);
    this.#widen(from, middle, found);
    this.#widen(middle + 1, to, found);
  }

  #bounds(from: number, to: number): Extremes {
    let low = 0;
    let high = 0;
    for (const noise of this.noises) {
      const bounds = noise.bounds(from, to);
      low += bounds.low;
      high += bounds.high;
    }
    return { low: this.#ticks(low), high: this.#ticks(high) };
  }

  #ticks(offsetPerBillion: number): bigint {
    return this.baseTicks + (this.baseTicks * BigInt(offsetPerBillion)) / perBillion;
  }
}
