// The list of runbooks: one for each venue, and for the providers of models. A new one is one leaf and one line here.
import type { Runbook } from './runbook.js';
import { alpacaRunbook } from './runbooks/alpaca.js';
import { anthropicRunbook } from './runbooks/anthropic.js';
import { binanceRunbook } from './runbooks/binance.js';
import { bybitRunbook } from './runbooks/bybit.js';
import { coinbaseRunbook } from './runbooks/coinbase.js';
import { coinbaseExchangeRunbook } from './runbooks/coinbase-exchange.js';
import { hyperliquidRunbook } from './runbooks/hyperliquid.js';
import { ibkrRunbook } from './runbooks/ibkr.js';
import { krakenRunbook } from './runbooks/kraken.js';
import { krakenFuturesRunbook } from './runbooks/kraken-futures.js';
import { okxRunbook } from './runbooks/okx.js';
import { openaiRunbook } from './runbooks/openai.js';
import { tradierRunbook } from './runbooks/tradier.js';

export const runbooks: readonly Runbook[] = [
  okxRunbook,
  binanceRunbook,
  bybitRunbook,
  alpacaRunbook,
  tradierRunbook,
  krakenRunbook,
  krakenFuturesRunbook,
  coinbaseRunbook,
  coinbaseExchangeRunbook,
  hyperliquidRunbook,
  ibkrRunbook,
  anthropicRunbook,
  openaiRunbook,
];
