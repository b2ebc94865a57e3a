// The market: last prices, books, candles, and when a price will have been reached. Pure in seed and time.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import { type Level, levels, scale } from './book.js';
import { findInstrument, type Instrument } from './instruments.js';
import { Noise, type Octave } from './noise.js';
import { PriceTree } from './price-tree.js';

/** A swap stands this many parts per billion of the base price above its spot. */
const basis = 150_000;
const perBillion = 1_000_000_000n;

/** Steady flow of one second; the octaves' steepest slopes sum to under it, so volume never runs backwards. */
const volumeUnit = 100_000;
const volumeOctaves: readonly Octave[] = [16, 512, 16_384].map((period) => ({
  period,
  amplitude: (volumeUnit * period) / 8,
}));

const half = decimal('0.5');

export interface Candle {
  /** First second of the bar. */
  second: number;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  /** In base currency or contracts. */
  volume: Decimal;
}

export interface Trade {
  second: number;
  price: Decimal;
  size: Decimal;
  side: OrderSide;
}

/** Times are whole seconds since the epoch. */
export class Market {
  readonly #trees = new Map<string, PriceTree>();
  readonly #volumes = new Map<string, Noise>();

  constructor(readonly seed: string) {}

  /** The steps and sizes that an order must keep. */
  boundsOf(instrument: Instrument): Instrument {
    return instrument;
  }

  last(instrument: Instrument, second: number): Decimal {
    return scale(this.#ticksAt(instrument, second), instrument.tickSize);
  }

  /** The index of an instrument is its spot price. */
  index(instrument: Instrument, second: number): Decimal {
    const spot = instrument.kind === 'swap' ? findInstrument(instrument.underlying) : instrument;
    return this.last(spot ?? instrument, second);
  }

  levels(instrument: Instrument, second: number, side: 'bid' | 'ask'): Generator<Level> {
    return levels(this.seed, bookOf(instrument), second, side, this.#ticksAt(instrument, second));
  }

  best(instrument: Instrument, second: number, side: 'bid' | 'ask'): Level {
    const first = this.levels(instrument, second, side).next();
    if (first.done === true) throw new Error(`the book of ${instrument.symbol} is empty`);
    return first.value;
  }

  /** The first second, from `from` to `to`, at which the book stands at or through a resting limit price. */
  firstReach(
    instrument: Instrument,
    side: OrderSide,
    price: Decimal,
    from: number,
    to: number,
  ): number | undefined {
    const ticks = BigInt(price.div(instrument.tickSize).toFixed(0));
    return this.#tree(instrument).first(from, to, (extremes) => {
      const { lowest, highest } = span(instrument, extremes);
      return side === 'buy'
        ? lowest + instrument.halfSpreadTicks <= ticks
        : highest - instrument.halfSpreadTicks >= ticks;
    });
  }

  /** The bar of the seconds `from` to `to`, both within it. */
  candle(instrument: Instrument, from: number, to: number): Candle {
    const { lowest, highest } = span(instrument, this.#tree(instrument).extremes(from, to));
    return {
      second: from,
      open: this.last(instrument, from),
      high: scale(highest, instrument.tickSize),
      low: scale(lowest, instrument.tickSize),
      close: this.last(instrument, to),
      volume: this.#volume(instrument, from, to),
    };
  }

  /** The trade of one second. */
  trade(instrument: Instrument, second: number): Trade {
    const size = this.best(instrument, second, 'ask').size.times(half);
    return {
      second,
      price: this.last(instrument, second),
      size: floorTo(size.gt(instrument.minSize) ? size : instrument.minSize, instrument.lotSize),
      side: this.#ticksAt(instrument, second) >= this.#ticksAt(instrument, second - 1) ? 'buy' : 'sell',
    };
  }

  /** Additive: the volume of an hour is that of its minutes. */
  #volume(instrument: Instrument, from: number, to: number): Decimal {
    const waves =
      this.#volumes.get(instrument.symbol) ??
      new Noise(this.seed, `${instrument.symbol} volume`, volumeOctaves);
    this.#volumes.set(instrument.symbol, waves);
    const flow = volumeUnit * (to - from + 1) + waves.at(to + 1) - waves.at(from);
    const lots = (instrument.levelLots * BigInt(flow)) / BigInt(8 * volumeUnit);
    return scale(lots, instrument.lotSize);
  }

  #ticksAt(instrument: Instrument, second: number): bigint {
    return ticksOf(instrument, this.#tree(instrument).at(second));
  }

  /** A swap follows the tree of its spot. */
  #tree(instrument: Instrument): PriceTree {
    const series = instrument.kind === 'swap' ? instrument.underlying : instrument.symbol;
    const tree = this.#trees.get(series) ?? new PriceTree(this.seed, series);
    this.#trees.set(series, tree);
    return tree;
  }
}

/** A share has one book, for what is sold short too. */
function bookOf(instrument: Instrument): Instrument {
  const isShortSale = instrument.kind === 'swap' && instrument.isShortSale === true;
  return (isShortSale ? findInstrument(instrument.underlying) : undefined) ?? instrument;
}

/** Never falls when the parts rise, or of puts never rises, so extremes of parts are extremes of ticks. */
function ticksOf(instrument: Instrument, parts: number): bigint {
  return instrument.baseTicks + (instrument.baseTicks * swingOf(instrument, parts)) / perBillion;
}

function swingOf(instrument: Instrument, parts: number): bigint {
  if (instrument.kind === 'spot' || instrument.isShortSale === true) return BigInt(parts);
  if (instrument.option !== undefined) return BigInt(parts) * instrument.option.elasticity;
  return BigInt(parts + basis);
}

/** The lowest and the highest ticks of a span, from the extremes of its parts. */
function span(instrument: Instrument, { low, high }: { low: number; high: number }) {
  const [first, second] = [ticksOf(instrument, low), ticksOf(instrument, high)];
  return first <= second ? { lowest: first, highest: second } : { lowest: second, highest: first };
}

/** The largest multiple of `step` that is not above `value`. */
export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value.minus(value.mod(step));
}
