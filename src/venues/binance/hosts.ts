// Where Binance answers, and which of its APIs each host serves. Streams only tell; orders go to the APIs.
import type { Environment, VenueHost } from '../venue.js';

/** `spot` is /api, `sapi` margin and algo below /sapi, `usdm` /fapi, `coinm` /dapi, `options` /eapi, `portfolio` /papi. */
export type BinanceApi = 'spot' | 'sapi' | 'usdm' | 'coinm' | 'options' | 'portfolio' | 'data';

// binance-spot-api-docs rest-api.md "General API Information" and demo-mode/general-info.md (2026-07-21);
// ccxt 4.5.84 binance urls.api, urls.test and urls.demo; binance 3.6.5 util/requestUtils and websocket-util.
const rest = (
  host: string,
  apis: readonly BinanceApi[],
  environments: readonly Environment[] = ['live', 'paper'],
): VenueHost => ({ host, ports: [443], transport: 'rest', environments, apis });

const socket =
  (...environments: readonly Environment[]) =>
  (host: string): VenueHost => ({
    host,
    ports: [443, 9443],
    transport: 'websocket',
    environments,
  });

const spotHosts = ['api', 'api-gcp', 'api1', 'api2', 'api3', 'api4'].map((name) => `${name}.binance.com`);
const demo: readonly Environment[] = ['demo'];

export const hosts: readonly VenueHost[] = [
  ...spotHosts.map((host) => rest(host, ['spot', 'sapi'])),
  rest('fapi.binance.com', ['usdm']),
  rest('fapi-mm.binance.com', ['usdm']),
  rest('dapi.binance.com', ['coinm']),
  rest('dapi-mm.binance.com', ['coinm']),
  rest('eapi.binance.com', ['options']),
  rest('papi.binance.com', ['portfolio']),
  rest('data-api.binance.vision', ['data'], ['live', 'demo', 'paper']),
  rest('demo-api.binance.com', ['spot'], demo),
  rest('demo-fapi.binance.com', ['usdm'], demo),
  rest('demo-dapi.binance.com', ['coinm'], demo),
  rest('testnet.binance.vision', ['spot'], demo),
  rest('api1.testnet.binance.vision', ['spot'], demo),
  rest('testnet.binancefuture.com', ['usdm', 'coinm'], demo),
  ...[
    'stream.binance.com',
    'ws-api.binance.com',
    'fstream.binance.com',
    'ws-fapi.binance.com',
    'dstream.binance.com',
    'ws-dapi.binance.com',
    'nbstream.binance.com',
    'margin-stream.binance.com',
  ].map(socket('live', 'paper')),
  socket('live', 'demo', 'paper')('data-stream.binance.vision'),
  ...[
    'demo-stream.binance.com',
    'demo-ws-api.binance.com',
    'stream.testnet.binance.vision',
    'ws-api.testnet.binance.vision',
    'stream.binancefuture.com',
    'fstream.binancefuture.com',
    'dstream.binancefuture.com',
  ].map(socket('demo')),
];
