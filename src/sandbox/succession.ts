// A box that goes while its successor of the same name is made: its agent stands still and its sidecar ends first, all of it is
// removed once the successor stands. Never two agents or two sidecars of one name at work: they would move the same accounts.
import { closedSchema } from '../sidecar/control.js';
import { withDeadline } from './docker/errors.js';
import type { ContainerSummary } from './docker/shapes.js';
import { readFramedLine } from './docker/streams.js';
import type { Engine } from './engine.js';
import { isolationOf } from './isolation/level-of.js';
import { labelNames } from './names.js';
import { idsOf, objectsOf, type Removed, removeObjects } from './removal.js';

export interface Predecessor {
  /** Ids of the boxes that go; where a reset was interrupted there may be two. */
  ids: ReadonlySet<string>;
  /** True when the engine has something of another box of the name: it is not free then. */
  hasStrangers: boolean;
  /** Resolves when no agent of theirs does anything any more. Rejects when one could not be stopped: no successor may begin then. */
  agentEnded: Promise<void>;
  /**
   * Resolves when their sidecars have closed all connections and their journals and end, and whoever writes about the journals
   * has done so. Rejects likewise.
   */
  sidecarEnded: Promise<void>;
}

export interface Departure extends Predecessor {
  /** Removes what is left of them, whether or not their processes ended well. */
  remove(): Promise<Removed>;
}

/** Milliseconds an ended process has until the engine has noted it, and a sidecar to close its journal. */
const endDeadlineMs = 5_000;
/** Of a sidecar's last line. */
const lineBytes = 64 * 1024;

/** Begins to end what there is of a box; nothing there is no error. The caller holds the name. */
export async function depart(engine: Engine, name: string): Promise<Departure> {
  const objects = await objectsOf(engine, name);
  const ofRole = (role: string) =>
    objects.containers.filter(({ labels }) => labels[labelNames.role] === role);
  // S11: the sidecar closes its journal while the agent is stopped; what that asks for meanwhile is answered by nobody.
  const agentEnded = all(ofRole('agent'), (agent) => halt(engine, agent));
  const sidecarEnded = all(ofRole('sidecar'), ({ id }) => close(engine, id));
  const ids = idsOf([...objects.containers, ...objects.networks]);
  for (const ended of [agentEnded, sidecarEnded]) ended.catch(() => {}); // told where it is awaited
  return {
    ids,
    hasStrangers: [...objects.labelledIds].some((id) => !ids.has(id)),
    agentEnded,
    sidecarEnded,
    remove: async () => {
      await Promise.allSettled([agentEnded, sidecarEnded]);
      return removeObjects(engine, objects);
    },
  };
}

async function all(
  containers: readonly ContainerSummary[],
  stop: (container: ContainerSummary) => Promise<void>,
): Promise<void> {
  await Promise.all(containers.map(stop));
}

/**
 * Frozen, an agent executes nothing until it is killed with its container: that takes the engine a tenth of a second that the
 * successor need not wait for. At the other levels it is killed at once: gVisor's kernel, frozen, hears of no end for ten seconds.
 * What cannot be frozen or killed is removed by force.
 */
async function halt(engine: Engine, { id, labels }: ContainerSummary): Promise<void> {
  const { containers } = engine.api;
  try {
    if (isolationOf(labels) === 'container') await containers.pause(id);
    else if (await containers.kill(id, 'SIGKILL'))
      await withDeadline(endDeadlineMs, () => containers.wait(id));
  } catch {
    await containers.remove(id);
  }
}

/** A sidecar that does not close is removed by force. */
async function close(engine: Engine, id: string): Promise<void> {
  try {
    await closeSidecar(engine, id);
  } catch {
    await engine.api.containers.remove(id);
  }
}

/**
 * SIGTERM, then the sidecar's own word that all is closed (it rests for a while then, and is to be removed), or the engine's that it
 * has ended. Rejects where neither comes.
 */
export async function closeSidecar(engine: Engine, id: string): Promise<void> {
  const { containers } = engine.api;
  const stream = await containers.attach(id, { hasStdin: false, isFramed: true }).catch(() => undefined);
  try {
    const said = stream === undefined ? undefined : readFramedLine(stream.socket, lineBytes);
    const saysClosed = said?.then((line) => closedSchema.parse(JSON.parse(line)));
    saysClosed?.catch(() => {}); // the engine's word counts then
    if (!(await containers.kill(id, 'SIGTERM'))) return;
    await withDeadline(endDeadlineMs, async () => {
      const ended = containers.wait(id);
      ended.catch(() => {}); // nobody may be waiting any more
      await (saysClosed === undefined ? ended : Promise.race([ended, saysClosed.catch(() => ended)]));
    });
  } finally {
    stream?.socket.destroy();
  }
}
