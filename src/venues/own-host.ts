// S5, D9: a secret leaves only to its own venue's hosts, and only to those of its own environment.
import type { Environment, VenueHost } from './venue.js';

/** Throws a plain Error when signing was asked for a host that does not serve the environment: earlier stages should have denied. */
export function assertServes(hosts: readonly VenueHost[], host: string, environment: Environment): void {
  const served = hosts.some(
    (row) => row.host === host && row.transport === 'rest' && row.environments.includes(environment),
  );
  if (!served) throw new Error(`signing for ${environment} was asked on a host that does not serve it`);
}

/** Whether the host takes upgrades. */
export function servesSockets({
  transport,
  hasSockets,
}: Pick<VenueHost, 'transport' | 'hasSockets'>): boolean {
  return transport === 'websocket' || hasSockets === true;
}
