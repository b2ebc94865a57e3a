// The list of venues. A new venue is one leaf and one line here.
import { alpaca } from './alpaca/alpaca.js';
import { binance } from './binance/binance.js';
import { bybit } from './bybit/bybit.js';
import { coinbase } from './coinbase/coinbase.js';
import { coinbaseExchange } from './coinbase-exchange/coinbase-exchange.js';
import { hyperliquid } from './hyperliquid/hyperliquid.js';
import { ibkr } from './ibkr/ibkr.js';
import { kraken } from './kraken/kraken.js';
import { krakenFutures } from './kraken-futures/kraken-futures.js';
import { okx } from './okx/okx.js';
import { tradier } from './tradier/tradier.js';
import type { Venue } from './venue.js';

export const venues: readonly Venue[] = [
  alpaca,
  binance,
  bybit,
  coinbase,
  kraken,
  okx,
  coinbaseExchange,
  krakenFutures,
  hyperliquid,
  ibkr,
  tradier,
];

export function findVenue(id: string): Venue | undefined {
  return venues.find((venue) => venue.id === id);
}
