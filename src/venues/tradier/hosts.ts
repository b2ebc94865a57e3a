// Where Tradier answers. The sandbox is a host of its own with tokens of its own; it has no streams.
import type { VenueHost } from '../venue.js';

// docs.tradier.com/docs/trading "Base URLs"; QuantConnect Lean.Brokerages.Tradier.
export const hosts: readonly VenueHost[] = [
  { host: 'api.tradier.com', ports: [443], transport: 'rest', environments: ['live'] },
  { host: 'sandbox.tradier.com', ports: [443], transport: 'rest', environments: ['demo', 'paper'] },
  { host: 'stream.tradier.com', ports: [443], transport: 'websocket', environments: ['live'] },
  { host: 'ws.tradier.com', ports: [443], transport: 'websocket', environments: ['live'] },
];
