// Where Alpaca answers. Paper trading is Alpaca's demo: a host of its own, with keys of its own.
import type { Environment, VenueHost } from '../venue.js';

export type AlpacaApi = 'trading' | 'data';

// @alpacahq/alpaca-trade-api 4.0.2 client.ts and streaming; alpaca-py common/enums.py. broker-api serves brokers and is left out.
const place = (
  host: string,
  environments: readonly Environment[],
  apis?: readonly AlpacaApi[],
): VenueHost => ({
  host,
  ports: [443],
  transport: apis === undefined ? 'websocket' : 'rest',
  environments,
  ...(apis === undefined ? {} : { apis }),
  ...(apis?.includes('trading') ? ({ hasSockets: true } as const) : {}),
});

export const hosts: readonly VenueHost[] = [
  place('api.alpaca.markets', ['live'], ['trading']),
  place('paper-api.alpaca.markets', ['demo', 'paper'], ['trading']),
  place('data.alpaca.markets', ['live', 'demo', 'paper'], ['data']),
  place('stream.data.alpaca.markets', ['live', 'demo', 'paper']),
];
