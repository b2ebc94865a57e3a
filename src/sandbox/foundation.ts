// What of a box can be begun before the rest of it is known, and before the rest of the program is loaded: its identity and its
// inside network, which takes the engine as long as this program to load.
import { randomBytes } from 'node:crypto';
import type { Engine } from './engine.js';
import { type BoxIdentity, markOf } from './names.js';
import { type BoxNetwork, createNetwork } from './networks.js';

export interface Foundation {
  identity: BoxIdentity;
  /** Rejects with what createNetwork throws. */
  inside: Promise<BoxNetwork>;
  /** Removes the network, whether or not it was made already; again where something was still in it. */
  clear(): Promise<void>;
}

/**
 * Begins a box; the caller holds its name, and clears the foundation where no box stands on it in the end. `others`: ids of boxes
 * of this name that are still there.
 */
export function layFoundation(
  engine: Pick<Engine, 'api' | 'version'>,
  basis: Omit<BoxIdentity, 'id'>,
  others?: ReadonlySet<string>,
): Foundation {
  const { name, profile, mode, isPaper, createdAt } = basis;
  const identity = { name, id: freshId(others), profile, mode, isPaper, createdAt };
  const inside = createNetwork(engine.api, identity, 'inside', engine.version.apiVersion);
  inside.catch(() => {}); // told where it is awaited
  return {
    identity,
    inside,
    clear: async () => {
      const network = await inside.catch(() => undefined);
      if (network !== undefined) await engine.api.networks.remove(network.id);
    },
  };
}

/** Random; its mark is in the names of the engine's objects, and those of a predecessor may still be there. */
function freshId(others: ReadonlySet<string> = new Set()): string {
  const marks = new Set([...others].map(markOf));
  for (;;) {
    const id = randomBytes(8).toString('hex');
    if (!marks.has(markOf(id))) return id;
  }
}
