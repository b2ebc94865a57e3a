// A box that goes while its successor of the same name is made: its processes end first, what is left of it is removed once the
// successor stands. Never two agents or two sidecars of one name at once: they would move the same accounts.
import { withDeadline } from './docker/errors.js';
import type { ContainerSummary } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { labelNames } from './names.js';
import { objectsOf, type Removed, removeObjects } from './removal.js';

export interface Predecessor {
  /** Ids of the boxes that go; where a reset was interrupted there may be two. */
  ids: ReadonlySet<string>;
  /** Resolves when no agent of theirs lives. Rejects when one could not be ended: no successor may begin then. */
  agentEnded: Promise<void>;
  /** Resolves when no sidecar of theirs lives, and whoever writes about their journals has done so. Rejects likewise. */
  sidecarEnded: Promise<void>;
}

export interface Departure extends Predecessor {
  /** Removes what is left of them, whether or not their processes ended well. */
  remove(): Promise<Removed>;
}

/** Milliseconds an ended process has until the engine has noted it, and a sidecar to close its journal. */
const endDeadlineMs = 5_000;

/** Begins to end what there is of a box; nothing there is no error. The caller holds the name. */
export async function depart(engine: Engine, name: string): Promise<Departure> {
  const objects = await objectsOf(engine, name);
  const ofRole = (role: string) =>
    objects.containers.filter(({ labels }) => labels[labelNames.role] === role);
  // S11: the sidecar closes its journal while the agent ends; what that asks for meanwhile is answered by nobody.
  const agentEnded = endAll(engine, ofRole('agent'), 'SIGKILL');
  const sidecarEnded = endAll(engine, ofRole('sidecar'), 'SIGTERM');
  for (const ended of [agentEnded, sidecarEnded]) ended.catch(() => {}); // told where it is awaited
  return {
    ids: new Set(
      [...objects.containers, ...objects.networks].map(({ labels }) => labels[labelNames.id] ?? ''),
    ),
    agentEnded,
    sidecarEnded,
    remove: async () => {
      await Promise.allSettled([agentEnded, sidecarEnded]);
      return removeObjects(engine, objects);
    },
  };
}

async function endAll(
  engine: Engine,
  containers: readonly ContainerSummary[],
  signal: 'SIGKILL' | 'SIGTERM',
): Promise<void> {
  await Promise.all(containers.map(({ id }) => end(engine, id, signal)));
}

/** A signal, then the engine's word that it has ended; what does not end so is removed by force. */
async function end(engine: Engine, id: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const { containers } = engine.api;
  try {
    if (!(await containers.kill(id, signal))) return;
    await withDeadline(endDeadlineMs, () => containers.wait(id));
  } catch {
    await containers.remove(id);
  }
}
