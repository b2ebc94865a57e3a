// Takes a box apart: exactly the objects that carry its label and bear its names, and nothing else of the user's (S12).
import { rmSync } from 'node:fs';
import { boxJournal } from './checkpoints.js';
import type { ContainerSummary, NetworkState } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { discardHandover } from './handover.js';
import { holdName } from './name-lock.js';
import { bearsItsName, labelNames } from './names.js';
import { removeRecord } from './records.js';

/** What was there and is gone now. */
export interface Removed {
  containers: string[];
  networks: string[];
  volumes: string[];
}

export interface RemoveOptions {
  stateDir: string;
  /** `keep` leaves the journal where it is, `discard` deletes it with the box's directory. */
  journal: 'keep' | 'discard';
  /** What the sidecar still has to do; it is removed afterwards. Must not reject. */
  closing?: Promise<unknown>;
  /** True where the caller holds the name. */
  isHeld?: boolean;
}

/** Engine objects of one name, of one box or of two where a reset was interrupted. */
export interface BoxObjects {
  containers: readonly ContainerSummary[];
  networks: readonly NetworkState[];
  /** Names. */
  volumes: readonly string[];
  /** Ids of boxes that carry the name in their label, whether or not they bear its names. */
  labelledIds: ReadonlySet<string>;
}

/**
 * Removes a box, half-made and broken ones too; doing it twice is no error. Objects with the label but another name, and
 * objects with the name but without the label, are somebody else's and stay.
 */
export async function removeBox(engine: Engine, name: string, options: RemoveOptions): Promise<Removed> {
  const remove = async () => {
    const removed = await removeObjects(engine, await objectsOf(engine, name), options.closing);
    discardHandover(options.stateDir, name);
    removeRecord(options.stateDir, name);
    if (options.journal === 'discard') discardDirectory(options.stateDir, name);
    return removed;
  };
  return options.isHeld === true ? remove() : holdName(options.stateDir, name, remove);
}

/** What there is of a box on the engine. */
export async function objectsOf(engine: Engine, name: string): Promise<BoxObjects> {
  const { containers, networks, volumes } = engine.api;
  const label = { [labelNames.box]: name };
  const [ownContainers, ownNetworks, ownVolumes] = await Promise.all([
    containers.list(label),
    networks.list(label),
    volumes.list(label),
  ]);
  return {
    containers: ownContainers.filter(bearsItsName),
    networks: ownNetworks.filter(bearsItsName),
    volumes: ownVolumes.filter((each) => each.startsWith(`tradebox-${name}-`)),
    labelledIds: idsOf([...ownContainers, ...ownNetworks]),
  };
}

export function idsOf(objects: readonly { labels: Readonly<Record<string, string>> }[]): Set<string> {
  return new Set(objects.map(({ labels }) => labels[labelNames.id] ?? ''));
}

/** Removes exactly these. `closing` is what the sidecar still has to do; it must not reject. */
export async function removeObjects(
  engine: Engine,
  objects: BoxObjects,
  closing?: Promise<unknown>,
): Promise<Removed> {
  const { containers, volumes } = engine.api;
  // S11: the sidecar goes with the agent, never before: a box without sidecar has no network, not another one.
  const remove = async (id: string, role: string | undefined) => {
    if (role === 'sidecar') await closing;
    return containers.remove(id);
  };
  const gone = objects.containers.map((each) => {
    const role = each.labels[labelNames.role];
    return { role, done: remove(each.id, role) };
  });
  await Promise.all([
    ...gone.map(({ done }) => done),
    ...objects.networks.map(async (each) => {
      // The egress network is the sidecar's alone: it need not wait for the agent's end.
      const isEgress = each.labels[labelNames.role] === 'egress';
      await Promise.all(gone.filter(({ role }) => !isEgress || role !== 'agent').map(({ done }) => done));
      await removeNetwork(engine, each.id);
    }),
    ...objects.volumes.map((each) => volumes.remove(each)),
  ]);
  return {
    containers: objects.containers.map((each) => each.name),
    networks: objects.networks.map((each) => each.name),
    volumes: [...objects.volumes],
  };
}

/** The engine refuses while it still takes a container's end down; that passes within moments. */
async function removeNetwork(engine: Engine, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await engine.api.networks.remove(id);
      return;
    } catch (thrown) {
      if (attempt === 5 || !/active endpoints/i.test(String((thrown as Error).message))) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, attempt * 100));
    }
  }
}

/** The journal belongs to the sidecar's user; its directory to us, so that we may remove it. */
function discardDirectory(stateDir: string, name: string): void {
  const { dir, checkpoints } = boxJournal(stateDir, name);
  rmSync(dir, { recursive: true, force: true });
  rmSync(checkpoints, { force: true });
}
