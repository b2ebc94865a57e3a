// Where OKX answers. Live and demo share the REST hosts; x-simulated-trading tells them apart, so sign() forces it.
import type { Environment, VenueHost } from '../venue.js';

// okx-api 3.2.3 util/requestUtils and websocket-util; okx CLI 1.2.4 OKX_SITES; ccxt 4.5.84 okx, okxus, myokx.
const restHostNames = [
  'www.okx.com',
  'openapi.okx.com',
  'aws.okx.com',
  'eea.okx.com',
  'my.okx.com',
  'us.okx.com',
  'app.okx.com',
];
const liveSockets = ['ws.okx.com', 'wsaws.okx.com', 'wseea.okx.com', 'wsus.okx.com'];
const demoSockets = ['wspap.okx.com', 'wseeapap.okx.com', 'wsuspap.okx.com'];

const rest = (host: string): VenueHost => ({
  host,
  ports: [443],
  transport: 'rest',
  environments: ['live', 'demo', 'paper'],
});

const socket =
  (environments: readonly Environment[]) =>
  (host: string): VenueHost => ({
    host,
    ports: [443, 8443],
    transport: 'websocket',
    environments,
  });

export const restHosts: readonly VenueHost[] = restHostNames.map(rest);

export const hosts: readonly VenueHost[] = [
  ...restHosts,
  // The embedded exchange answers for both: a client is not always told that it plays.
  ...liveSockets.map(socket(['live', 'paper'])),
  ...demoSockets.map(socket(['demo', 'paper'])),
];
