// All boxes for `ps`, the shortest way: over the engine's socket alone where there is one, else through the whole client.
import { type BoxState, listBoxes } from './boxes.js';
import { listingOver } from './docker/listing.js';
import { type EngineEnvironment, findEndpoints, oldestApiVersion } from './endpoints.js';

/** Throws ENGINE_UNREACHABLE or ENGINE_TOO_OLD. */
export async function listAllBoxes(host: EngineEnvironment, nowMs: number): Promise<BoxState[]> {
  const [first] = findEndpoints(host);
  if (first?.connection.transport === 'unix') {
    try {
      return await listBoxes({ api: listingOver(first.connection.socketPath, oldestApiVersion) }, nowMs);
    } catch {
      // The whole client tells what is wrong, or finds another engine.
    }
  }
  const { openEngine } = await import('./engine.js');
  return listBoxes(await openEngine(host), nowMs);
}
