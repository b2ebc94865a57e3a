// Where each venue's clients open sockets: one place of every kind, for tests that loop over the venues.
import type { Environment } from '../../src/venues/venue.js';

export interface SocketPlace {
  host: string;
  path: string;
  query?: string;
  environment: Environment;
}

const at = (host: string, ...paths: string[]): SocketPlace[] =>
  paths.map((path) => ({ host, path, environment: 'paper' }));

export const socketPlaces: Readonly<Record<string, readonly SocketPlace[]>> = {
  binance: [
    ...at('stream.binance.com', '/ws', '/ws/0', '/ws/btcusdt@ticker', '/stream'),
    ...at('fstream.binance.com', '/public/ws/1', '/market/stream'),
    ...at('ws-api.binance.com', '/ws-api/v3'),
    ...at('ws-fapi.binance.com', '/ws-fapi/v1'),
  ],
  coinbase: [...at('advanced-trade-ws.coinbase.com', '/'), ...at('advanced-trade-ws-user.coinbase.com', '/')],
  'coinbase-exchange': [
    ...at('ws-feed.exchange.coinbase.com', '/'),
    ...at('ws-direct.exchange.coinbase.com', '/'),
  ],
  hyperliquid: at('api.hyperliquid.xyz', '/ws'),
  kraken: [...at('ws.kraken.com', '/v2'), ...at('ws-auth.kraken.com', '/v2')],
  ibkr: at('api.ibkr.com', '/v1/api/ws'),
  'kraken-futures': at('futures.kraken.com', '/ws/v1'),
  okx: at('wspap.okx.com', '/ws/v5/public', '/ws/v5/private', '/ws/v5/business'),
  tradier: at('sandbox-ws.tradier.com', '/v1/markets/events', '/v1/accounts/events'),
  alpaca: [
    ...at('stream.data.alpaca.markets', '/v2/iex', '/v1beta3/crypto/us', '/v1beta1/news'),
    ...at('paper-api.alpaca.markets', '/stream'),
  ],
  bybit: at('stream.bybit.com', '/v5/public/spot', '/v5/public/linear', '/v5/private', '/v5/trade'),
};
