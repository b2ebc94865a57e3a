// The price, second by second: a tree of days, hours … seconds, each span drawn within its parent's high and low.
// So the extremes of any span are known before its seconds are, and a crossing is found by walking down, not along.
import { createHash } from 'node:crypto';
import { Noise, type Octave } from './noise.js';

/** Parts per billion of the base price; `close` is the `open` of what follows, high and low are reached. */
interface Span {
  open: number;
  high: number;
  low: number;
  close: number;
}

export interface Extremes {
  low: number;
  high: number;
}

const leafSeconds = 15;
/** Seconds of a span on each level; a span of the last level holds single seconds. */
const lengths = [86_400, 14_400, 3600, 900, 300, 60, leafSeconds];
const last = lengths.length - 1;
/** Opening prices by day. With `mostExcess` they sum to under 8 %, which instruments.ts relies on for leverage. */
const dayOctaves: readonly Octave[] = [
  { period: 1, amplitude: 7_000_000 },
  { period: 3, amplitude: 10_000_000 },
  { period: 9, amplitude: 14_000_000 },
  { period: 27, amplitude: 16_000_000 },
  { period: 81, amplitude: 16_000_000 },
];
/** How far a day may go beyond its open and close. */
const mostExcess = 12_000_000;
/** Spans remembered on each level; a few megabytes at most. */
const cacheSize = 512;

/** A pure function of seed, series and time; seconds are whole, since the epoch, at or after it. */
export class PriceTree {
  readonly #days: Noise;
  readonly #children: readonly Map<number, readonly Span[]>[] = lengths.map(() => new Map());
  readonly #seconds = new Map<number, readonly number[]>();

  constructor(
    private readonly seed: string,
    private readonly series: string,
  ) {
    this.#days = new Noise(seed, series, dayOctaves);
  }

  at(second: number): number {
    const index = Math.floor(second / leafSeconds);
    return this.#prices(index)[second - index * leafSeconds] ?? 0;
  }

  /** Lowest and highest price from `from` to `to`, both included. */
  extremes(from: number, to: number): Extremes {
    const found = { low: this.at(from), high: this.at(from) };
    for (const day of indices(0, from, to)) this.#widen(0, day, from, to, found);
    return found;
  }

  /** The first second, from `from` to `to`, at which `reaches` holds for the price; it must hold for a span if for any price in it. */
  first(from: number, to: number, reaches: (prices: Extremes) => boolean): number | undefined {
    for (const day of indices(0, from, to)) {
      const found = this.#firstIn(0, day, from, to, reaches);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #widen(level: number, index: number, from: number, to: number, found: Extremes): void {
    const span = this.#span(level, index);
    if (span.low >= found.low && span.high <= found.high) return;
    const start = index * lengthOf(level);
    if (from <= start && start + lengthOf(level) - 1 <= to) {
      found.low = Math.min(found.low, span.low);
      found.high = Math.max(found.high, span.high);
      return;
    }
    if (level < last) {
      for (const child of childIndices(level, index, from, to))
        this.#widen(level + 1, child, from, to, found);
      return;
    }
    for (const price of this.#prices(index).slice(Math.max(from - start, 0), to - start + 1)) {
      found.low = Math.min(found.low, price);
      found.high = Math.max(found.high, price);
    }
  }

  #firstIn(
    level: number,
    index: number,
    from: number,
    to: number,
    reaches: (prices: Extremes) => boolean,
  ): number | undefined {
    if (!reaches(this.#span(level, index))) return undefined;
    if (level < last) {
      for (const child of childIndices(level, index, from, to)) {
        const found = this.#firstIn(level + 1, child, from, to, reaches);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    const start = index * lengthOf(level);
    const prices = this.#prices(index);
    for (let second = Math.max(from, start); second <= to && second < start + lengthOf(level); second += 1) {
      const price = prices[second - start] ?? 0;
      if (reaches({ low: price, high: price })) return second;
    }
    return undefined;
  }

  #span(level: number, index: number): Span {
    if (level === 0) return this.#day(index);
    const count = lengthOf(level - 1) / lengthOf(level);
    const parent = Math.floor(index / count);
    const span = this.#split(level - 1, parent)[index - parent * count];
    if (span === undefined) throw new Error('a span outside its parent');
    return span;
  }

  #day(index: number): Span {
    const open = this.#days.at(index);
    const close = this.#days.at(index + 1);
    const [up = 0, down = 0] = this.#draw('day', index);
    return {
      open,
      close,
      high: Math.max(open, close) + part(up, mostExcess),
      low: Math.min(open, close) - part(down, mostExcess),
    };
  }

  /** The spans of the next level. */
  #split(level: number, index: number): readonly Span[] {
    const cache = this.#children[level];
    const known = cache?.get(index);
    if (known !== undefined) return known;
    const parent = this.#span(level, index);
    const count = lengthOf(level) / lengthOf(level + 1);
    const draws = this.#draw(level, index);
    const turns = course(parent, count, draws);
    const usual = Math.floor((parent.high - parent.low) / count);
    const spans = Array.from({ length: count }, (_, at): Span => {
      const [open = 0, close = 0] = turns.slice(at, at + 2);
      const [up = 0, down = 0] = draws.slice(leafSeconds + 2 * at);
      return {
        open,
        close,
        high: Math.min(parent.high, Math.max(open, close) + part(up, usual)),
        low: Math.max(parent.low, Math.min(open, close) - part(down, usual)),
      };
    });
    if (cache !== undefined && cache.size >= cacheSize) cache.clear();
    cache?.set(index, spans);
    return spans;
  }

  /** The prices of the single seconds of a span of the last level. */
  #prices(index: number): readonly number[] {
    const known = this.#seconds.get(index);
    if (known !== undefined) return known;
    const prices = course(this.#span(last, index), leafSeconds, this.#draw(last, index)).slice(
      0,
      leafSeconds,
    );
    if (this.#seconds.size >= cacheSize) this.#seconds.clear();
    this.#seconds.set(index, prices);
    return prices;
  }

  /** Thirty-two numbers under 65,536. */
  #draw(level: number | string, index: number): readonly number[] {
    const bytes = createHash('sha512').update([this.seed, this.series, level, index].join('\0')).digest();
    return Array.from({ length: 32 }, (_, at) => bytes.readUInt16BE(2 * at));
  }
}

function lengthOf(level: number): number {
  return lengths[level] ?? 1;
}

/** The spans of a level that hold seconds from `from` to `to`. */
function* indices(level: number, from: number, to: number): Generator<number> {
  const length = lengthOf(level);
  for (let index = Math.floor(from / length); index * length <= to; index += 1) yield index;
}

function childIndices(level: number, index: number, from: number, to: number): Generator<number> {
  const start = index * lengthOf(level);
  return indices(level + 1, Math.max(from, start), Math.min(to, start + lengthOf(level) - 1));
}

/** `share` of 65,536ths of `whole`, rounded down. */
function part(share: number, whole: number): number {
  return Math.floor((share * whole) / 65_536);
}

/**
 * Prices at `count` even steps from open to close. A rising span goes by way of its low to its high, a falling one the
 * other way; both are reached at a step between the ends, and no leg is taken faster than it must be.
 */
function course({ open, high, low, close }: Span, count: number, draws: readonly number[]): number[] {
  const range = high - low;
  const [first, second] = close >= open ? [low, high] : [high, low];
  const [hurry = 0, delay = 0, ...wobbles] = draws;
  const legs = [
    Math.abs(open - first) + part(hurry, range),
    range + 1,
    Math.abs(close - second) + part(delay, range),
  ];
  const [before = 0, between = 0, after = 0] = legs;
  const total = before + between + after;
  const firstAt = within(Math.round((count * before) / total), 1, count - 2);
  const secondAt = within(Math.round((count * (before + between)) / total), firstAt + 1, count - 1);
  const turns = [
    { at: 0, price: open },
    { at: firstAt, price: first },
    { at: secondAt, price: second },
    { at: count, price: close },
  ];
  const stray = Math.floor(range / count);
  return Array.from({ length: count + 1 }, (_, at) => {
    const turn = turns.find((one) => one.at === at);
    if (turn !== undefined) return turn.price;
    const wobble = part(wobbles[at] ?? 0, 2 * stray) - stray;
    return within(straight(turns, at) + wobble, low, high);
  });
}

/** The price at a step on the straight line between the turns around it. */
function straight(turns: readonly { at: number; price: number }[], at: number): number {
  const next = turns.findIndex((turn) => turn.at > at);
  const from = turns[next - 1];
  const to = turns[next];
  if (from === undefined || to === undefined) return 0;
  return from.price + Math.floor(((to.price - from.price) * (at - from.at)) / (to.at - from.at));
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
