// What `ps` asks of the engine at once, begun before anything else is loaded: the engine answers meanwhile.
import type { HostEnvironment } from '../config/paths.js';
import { type BoxState, listBoxes } from '../sandbox/boxes.js';
import { type Exchange, listingOver } from '../sandbox/docker/listing.js';
import { findEndpoints, oldestApiVersion } from '../sandbox/endpoints.js';

/**
 * The boxes of the engine that `ps` would ask first, agents that run not looked at more closely. Undefined where it is not behind
 * a Unix socket. Rejects where it cannot be found or gives no whole answer. Without an exchange node:net is loaded.
 */
export async function askForBoxes(
  env: HostEnvironment,
  nowMs: number,
  exchange?: Exchange,
): Promise<BoxState[] | undefined> {
  const [endpoint] = findEndpoints(env);
  if (endpoint?.connection.transport !== 'unix') return undefined;
  const api = listingOver(endpoint.connection.socketPath, oldestApiVersion, exchange);
  return await listBoxes({ api }, nowMs, ({ status }) => status !== 'running');
}
