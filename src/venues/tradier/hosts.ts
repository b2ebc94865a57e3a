// Where Tradier answers. The sandbox has hosts of its own, with tokens of its own.
import type { VenueHost } from '../venue.js';

// docs.tradier.com/docs/trading "Base URLs", /reference/websocket-account-data-streaming; streams over HTTP (stream.tradier.com) have no row.
export const hosts: readonly VenueHost[] = [
  { host: 'api.tradier.com', ports: [443], transport: 'rest', environments: ['live'] },
  { host: 'sandbox.tradier.com', ports: [443], transport: 'rest', environments: ['demo', 'paper'] },
  { host: 'stream.tradier.com', ports: [443], transport: 'websocket', environments: ['live'] },
  { host: 'ws.tradier.com', ports: [443], transport: 'websocket', environments: ['live', 'paper'] },
  { host: 'sandbox-ws.tradier.com', ports: [443], transport: 'websocket', environments: ['demo', 'paper'] },
];
