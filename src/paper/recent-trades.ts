// The trades of the market that everybody sees, as venues list them: one a second, newest first.
import { formatDecimal } from '../core/decimal.js';
import type { OrderSide } from '../core/order.js';
import { unitOf } from './desk.js';
import type { Engine } from './engine/engine.js';
import type { Instrument } from './engine/instruments.js';

export interface RecentTrade {
  /** Rises from trade to trade: the second. */
  id: number;
  /** Quote currency. */
  price: string;
  /** Base currency, or inverse contracts. */
  size: string;
  /** Of who took. */
  side: OrderSide;
  atMs: number;
}

export function recentTrades(
  { market, second }: Pick<Engine, 'market' | 'second'>,
  instrument: Instrument,
  count: number,
): readonly RecentTrade[] {
  return Array.from({ length: count }, (_, back) => {
    const trade = market.trade(instrument, second - back);
    return {
      id: trade.second,
      price: formatDecimal(trade.price),
      size: formatDecimal(trade.size.times(unitOf(instrument))),
      side: trade.side,
      atMs: trade.second * 1000,
    };
  });
}
