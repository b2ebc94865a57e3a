// The synthetic order book of one second: levels around the last price, sizes drawn from the seed.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import type { Instrument } from './instruments.js';
import { chanceBytes } from './noise.js';

/** Price in quote currency, size in base currency or contracts. */
export interface Level {
  price: Decimal;
  size: Decimal;
}

/** Most levels a side has. */
export const bookDepth = 400;
const sizesPerDraw = 16;

/** Bids or asks, best first, drawn as they are read. */
export function* levels(
  seed: string,
  instrument: Instrument,
  second: number,
  side: 'bid' | 'ask',
  lastTicks: bigint,
): Generator<Level> {
  const direction = side === 'ask' ? 1n : -1n;
  let draw: Buffer = Buffer.alloc(0);
  for (let index = 0; index < bookDepth; index += 1) {
    const place = index % sizesPerDraw;
    if (place === 0) draw = chanceBytes(seed, instrument.symbol, 'book', second, side, index);
    const away = instrument.halfSpreadTicks + BigInt(index) * instrument.levelTicks;
    const ticks = lastTicks + direction * away;
    if (ticks <= 0n) return;
    // A fifth to twice the typical size, more with depth.
    const chance = BigInt(draw.readUInt16BE(place * 2));
    const typical = instrument.levelLots * BigInt(10 + index);
    const lots = typical / 50n + (typical * chance) / (65_536n * 5n);
    yield {
      price: scale(ticks, instrument.tickSize),
      size: scale(lots > 0n ? lots : 1n, instrument.lotSize),
    };
  }
}

export function scale(count: bigint, unit: Decimal): Decimal {
  return decimal(count.toString()).times(unit);
}

/** The side of the book that an order takes from. */
export function takenSide(side: OrderSide): 'bid' | 'ask' {
  return side === 'buy' ? 'ask' : 'bid';
}
