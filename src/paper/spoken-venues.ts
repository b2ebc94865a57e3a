// Which venues the embedded exchange speaks, by id: for the host, which plays none of them and needs not load what does.

export const spokenVenues: readonly string[] = [
  'alpaca',
  'binance',
  'bybit',
  'coinbase',
  'coinbase-exchange',
  'hyperliquid',
  'ibkr',
  'kraken',
  'kraken-futures',
  'okx',
  'tradier',
];

/** Those at whose real prices orders can be rehearsed. */
export const shadowVenues: readonly string[] = ['binance', 'bybit', 'kraken', 'okx'];
