// S5, D9: signing for a host or environment that a venue does not have is a fault.
import { expect, test } from 'vitest';
import { assertServes, servesSockets } from '../../../src/venues/own-host.js';
import type { VenueHost } from '../../../src/venues/venue.js';

const hosts: readonly VenueHost[] = [
  { host: 'live.test', ports: [443], transport: 'rest', environments: ['live'] },
  { host: 'ws.test', ports: [443], transport: 'websocket', environments: ['live'] },
];

test('only a REST host of the environment is served', () => {
  expect(() => assertServes(hosts, 'live.test', 'live')).not.toThrow();
  for (const [host, environment] of [
    ['live.test', 'demo'],
    ['ws.test', 'live'],
    ['evil.test', 'live'],
    ['LIVE.test', 'live'],
  ] as const) {
    expect(() => assertServes(hosts, host, environment), `${host} ${environment}`).toThrow('does not serve');
  }
});

test('sockets are served where a host is one of sockets, or says so', () => {
  expect(
    [{ transport: 'websocket' }, { transport: 'rest', hasSockets: true }, { transport: 'rest' }].map((one) =>
      servesSockets(one as never),
    ),
  ).toEqual([true, true, false]);
});
