// Where Bybit answers. Regions have hosts of their own; demo trading and testnet never serve live accounts.
import type { Environment, VenueHost } from '../venue.js';

// bybit-exchange/docs v5/guide.mdx and v5/demo.mdx (2026-07-24); bybit-api 4.7.7 util/requestUtils and websocket-util.
const liveHosts = [
  'api.bybit.com',
  'api.bytick.com',
  'api.bybit.nl',
  'api.bybit.tr',
  'api.bybit.kz',
  'api.bybit.eu',
  'api.bybit.id',
  'api.bybit.ae',
  'api.bybitgeorgia.ge',
  'api.manepa.jp',
  'api.spark-fintech.com',
];
const demoHosts = [
  'api-demo.bybit.com',
  'api-testnet.bybit.com',
  'api-testnet.manepa.jp',
  'api-testnet.spark-fintech.com',
];

const place =
  (transport: VenueHost['transport'], environments: readonly Environment[]) =>
  (host: string): VenueHost => ({ host, ports: [443], transport, environments });

export const hosts: readonly VenueHost[] = [
  ...liveHosts.map(place('rest', ['live', 'paper'])),
  ...demoHosts.map(place('rest', ['demo'])),
  // Demo accounts listen to the live market; socket.ts lets nothing else of them go there.
  place('websocket', ['live', 'demo', 'paper'])('stream.bybit.com'),
  ...['stream-demo.bybit.com', 'stream-testnet.bybit.com'].map(place('websocket', ['demo'])),
];
