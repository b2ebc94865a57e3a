// What market sockets of every venue tell beside quotes and books: the last trade and the bar that is under way, in base currency.
import { formatDecimal } from '../core/decimal.js';
import type { OrderSide } from '../core/order.js';
import { turnoverOf, unitOf } from './desk.js';
import type { Engine } from './engine/engine.js';
import type { Instrument } from './engine/instruments.js';

export interface TradeNews {
  /** Rises with time. */
  id: number;
  price: string;
  size: string;
  side: OrderSide;
  atMs: number;
}

/** The market has one trade a second. */
export function lastTrade({ market, second }: Engine, instrument: Instrument): TradeNews {
  const { price, size, side } = market.trade(instrument, second);
  return {
    id: second,
    price: formatDecimal(price),
    size: formatDecimal(size.times(unitOf(instrument))),
    side,
    atMs: second * 1000,
  };
}

export interface BarNews {
  startMs: number;
  endMs: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: string;
  turnover: string;
}

/** The bar of `length` seconds that holds this second, so far. Bars begin at multiples of their length since the epoch. */
export function currentBar({ market, second }: Engine, instrument: Instrument, length: number): BarNews {
  const start = second - (second % length);
  const { open, high, low, close, volume } = market.candle(instrument, start, second);
  return {
    startMs: start * 1000,
    endMs: (start + length) * 1000 - 1,
    open: formatDecimal(open),
    high: formatDecimal(high),
    low: formatDecimal(low),
    close: formatDecimal(close),
    volume: formatDecimal(volume.times(unitOf(instrument))),
    turnover: formatDecimal(turnoverOf(instrument, close, volume)),
  };
}
