// The market: last prices, books, candles, and when a price will have been reached. Pure in seed and time.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import { type Level, levels, scale } from './book.js';
import { findInstrument, type Instrument } from './instruments.js';
import { Noise, type Octave } from './noise.js';
import { PricePath } from './price-path.js';

// Parts per billion of the price; they sum to under 8 %, which instruments.ts relies on for leverage.
const spotOctaves: readonly Octave[] = [
  { period: 4, amplitude: 60_000 },
  { period: 16, amplitude: 120_000 },
  { period: 64, amplitude: 250_000 },
  { period: 256, amplitude: 500_000 },
  { period: 1024, amplitude: 1_000_000 },
  { period: 4096, amplitude: 2_000_000 },
  { period: 16_384, amplitude: 4_000_000 },
  { period: 65_536, amplitude: 8_000_000 },
  { period: 262_144, amplitude: 14_000_000 },
  { period: 1_048_576, amplitude: 22_000_000 },
  { period: 4_194_304, amplitude: 28_000_000 },
];
/** How far a swap stands from its spot. */
const basisOctaves: readonly Octave[] = [{ period: 1024, amplitude: 300_000 }];

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
  readonly #paths = new Map<string, PricePath>();
  readonly #volumes = new Map<string, Noise>();

  constructor(readonly seed: string) {}

  last(instrument: Instrument, second: number): Decimal {
    return scale(this.#path(instrument).ticksAt(second), instrument.tickSize);
  }

  /** The index of an instrument is its spot price. */
  index(instrument: Instrument, second: number): Decimal {
    const spot = instrument.kind === 'swap' ? findInstrument(instrument.underlying) : instrument;
    return this.last(spot ?? instrument, second);
  }

  levels(instrument: Instrument, second: number, side: 'bid' | 'ask'): Generator<Level> {
    return levels(this.seed, instrument, second, side, this.#path(instrument).ticksAt(second));
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
    const path = this.#path(instrument);
    const ticks = BigInt(price.div(instrument.tickSize).toFixed(0));
    return side === 'buy'
      ? path.firstAtOrBelow(ticks - instrument.halfSpreadTicks, from, to)
      : path.firstAtOrAbove(ticks + instrument.halfSpreadTicks, from, to);
  }

  /** The bar of the seconds `from` to `to`, both within it. */
  candle(instrument: Instrument, from: number, to: number): Candle {
    const path = this.#path(instrument);
    const { low, high } = path.extremes(from, to);
    const price = (ticks: bigint) => scale(ticks, instrument.tickSize);
    return {
      second: from,
      open: price(path.ticksAt(from)),
      high: price(high),
      low: price(low),
      close: price(path.ticksAt(to)),
      volume: this.#volume(instrument, from, to),
    };
  }

  /** The trade of one second. */
  trade(instrument: Instrument, second: number): Trade {
    const path = this.#path(instrument);
    const size = this.best(instrument, second, 'ask').size.times(half);
    return {
      second,
      price: this.last(instrument, second),
      size: floorTo(size.gt(instrument.minSize) ? size : instrument.minSize, instrument.lotSize),
      side: path.ticksAt(second) >= path.ticksAt(second - 1) ? 'buy' : 'sell',
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

  #path(instrument: Instrument): PricePath {
    const known = this.#paths.get(instrument.symbol);
    if (known !== undefined) return known;
    const spot = instrument.kind === 'swap' ? instrument.underlying : instrument.symbol;
    const noises = [new Noise(this.seed, spot, spotOctaves)];
    if (instrument.kind === 'swap') noises.push(new Noise(this.seed, instrument.symbol, basisOctaves));
    const path = new PricePath(instrument.baseTicks, noises);
    this.#paths.set(instrument.symbol, path);
    return path;
  }
}

/** The largest multiple of `step` that is not above `value`. */
export function floorTo(value: Decimal, step: Decimal): Decimal {
  return value.minus(value.mod(step));
}
