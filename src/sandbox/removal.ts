// Takes a box apart: exactly the objects that carry its label and bear its names, and nothing else of the user's (S12).
import { rmSync } from 'node:fs';
import { boxJournal } from './checkpoints.js';
import type { Engine } from './engine.js';
import { discardHandover } from './handover.js';
import { labelNames, objectNames } from './names.js';
import { holdName, removeRecord } from './records.js';

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
}

/**
 * Removes a box, half-made and broken ones too; doing it twice is no error. Objects with the label but another name are
 * probes of ours; objects with the name but without the label are somebody else's and stay.
 */
export async function removeBox(engine: Engine, name: string, options: RemoveOptions): Promise<Removed> {
  return holdName(options.stateDir, name, async () => {
    const removed = await removeObjects(engine, name, options.closing);
    discardHandover(options.stateDir, name);
    removeRecord(options.stateDir, name);
    if (options.journal === 'discard') discardDirectory(options.stateDir, name);
    return removed;
  });
}

async function removeObjects(engine: Engine, name: string, closing?: Promise<unknown>): Promise<Removed> {
  const { containers, networks, volumes } = engine.api;
  const label = { [labelNames.box]: name };
  const [ownContainers, ownNetworks, ownVolumes] = await Promise.all([
    containers.list(label),
    networks.list(label),
    volumes.list(label),
  ]);
  // S11: the sidecar goes with the agent, never before: a box without sidecar has no network, not another one.
  const remove = async (id: string, role: string | undefined) => {
    if (role === 'sidecar') await closing;
    return containers.remove(id);
  };
  const gone = ownContainers
    .filter((each) => isNamedAfter(name, each.name))
    .map((each) => {
      const role = each.labels[labelNames.role];
      return { role, done: remove(each.id, role) };
    });
  await Promise.all([
    ...gone.map(({ done }) => done),
    ...ownNetworks
      .filter((each) => isNamedAfter(name, each.name))
      .map(async (each) => {
        // The egress network is the sidecar's alone: it need not wait for the agent's end.
        const isEgress = each.labels[labelNames.role] === 'egress';
        await Promise.all(gone.filter(({ role }) => !isEgress || role !== 'agent').map(({ done }) => done));
        await removeNetwork(engine, each.id);
      }),
    ...ownVolumes.filter((each) => isNamedAfter(name, each)).map((each) => volumes.remove(each)),
  ]);
  return {
    containers: ownContainers.map((each) => each.name),
    networks: ownNetworks.map((each) => each.name),
    volumes: ownVolumes,
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

/** True for `tradebox-<name>-…`; the exact names, and probes. */
function isNamedAfter(name: string, objectName: string): boolean {
  return (
    Object.values(objectNames(name)).includes(objectName) || objectName.startsWith(`tradebox-${name}-probe`)
  );
}

/** The journal belongs to the sidecar's user; its directory to us, so that we may remove it. */
function discardDirectory(stateDir: string, name: string): void {
  const { dir, checkpoints } = boxJournal(stateDir, name);
  rmSync(dir, { recursive: true, force: true });
  rmSync(checkpoints, { force: true });
}
