// The list of dialects. A venue that can be rehearsed on paper is one folder, one line here and its id in spoken-venues.ts.
import { alpacaDialect } from './alpaca/dialect.js';
import { binanceDialect } from './binance/dialect.js';
import { bybitDialect } from './bybit/dialect.js';
import { coinbaseDialect } from './coinbase/dialect.js';
import { coinbaseExchangeDialect } from './coinbase-exchange/dialect.js';
import type { Dialect } from './dialect.js';
import { hyperliquidDialect } from './hyperliquid/dialect.js';
import { ibkrDialect } from './ibkr/dialect.js';
import { krakenDialect } from './kraken/dialect.js';
import { krakenFuturesDialect } from './kraken-futures/dialect.js';
import { okxDialect } from './okx/dialect.js';
import { tradierDialect } from './tradier/dialect.js';

export const dialects: readonly Dialect[] = [
  alpacaDialect,
  binanceDialect,
  bybitDialect,
  coinbaseDialect,
  coinbaseExchangeDialect,
  hyperliquidDialect,
  ibkrDialect,
  krakenDialect,
  krakenFuturesDialect,
  okxDialect,
  tradierDialect,
];
