// Keeps an existing box going: stopping it, reading its logs, and giving it a new sidecar over the same journal.
import type { Writable } from 'node:stream';
import type { Settings } from '../sidecar/settings.js';
import { accountMounts } from './account-journals.js';
import { authorityFiles } from './agent-files.js';
import { tarOf } from './archive.js';
import { containerOf, findBox } from './boxes.js';
import { control } from './control.js';
import { copyOutput, splitOutput } from './docker/streams.js';
import type { Engine } from './engine.js';
import { handOverCertificate, hasHandover } from './handover.js';
import { deliverByProcess } from './isolation/deliver.js';
import { isolationOf } from './isolation/level-of.js';
import { holdName } from './name-lock.js';
import { type BoxIdentity, unknownBox } from './names.js';
import { agentAddressOn, sidecarAddressOn } from './networks.js';
import { type BoxRecord, prepareJournalDir, readRecord, writeRecord } from './records.js';
import type { BoxAddresses } from './session.js';
import { type SidecarReady, startSidecar } from './sidecar-start.js';
import { closeSidecar } from './succession.js';
import { sidecarUser } from './users.js';

/** Seconds an agent has to end by itself. */
const graceSeconds = 10;

/** Ends the agent, then the sidecar, so that nothing the agent still does goes unrecorded. Throws BOX_UNKNOWN. */
export async function stopBox(engine: Engine, name: string, nowMs: number): Promise<void> {
  const box = await findBox(engine, name, nowMs);
  if (box === undefined) throw unknownBox(name);
  const { agent, sidecar } = box.parts;
  if (agent !== undefined) await engine.api.containers.stop(agent, graceSeconds);
  if (sidecar === undefined) return;
  await control(engine, name, { op: 'shutdown', reason: 'stop' }).catch(() => {}); // already down, or deaf: stopped below
  await engine.api.containers.stop(sidecar, graceSeconds);
}

/** Lets a sidecar close its journal, before it is removed. A dead or deaf one closes nothing; `audit verify` tells. */
export async function endSidecar(engine: Engine, name: string): Promise<void> {
  try {
    const sidecar = await containerOf(engine, name, 'sidecar');
    // A signal, not the control channel: that costs a process in the container, a fifth of a second.
    if (sidecar !== undefined) await closeSidecar(engine, sidecar.id);
  } catch {
    // It is removed next, whatever it does.
  }
}

/**
 * Replaces a box's sidecar; the agent goes on and trusts the new authority from its next process on (Node reads
 * NODE_EXTRA_CA_CERTS only at start). Secrets come from `makeSettings` again: they were in the old sidecar's memory only.
 * `accounts` are the real ones that may trade in it. Throws BOX_UNKNOWN, SIDECAR_FAILED.
 */
export async function restartSidecar(
  engine: Engine,
  name: string,
  stateDir: string,
  makeSettings: (addresses: BoxAddresses) => Settings | Promise<Settings>,
  accounts: readonly string[] = [],
): Promise<SidecarReady> {
  return holdName(stateDir, name, async () => {
    const record = readRecord(stateDir, name);
    if (record === undefined) throw unknownBox(name);
    const [agent, old] = await Promise.all([
      containerOf(engine, name, 'agent'),
      containerOf(engine, name, 'sidecar'),
    ]);
    if (agent === undefined) throw unknownBox(name);
    if (old !== undefined) await engine.api.containers.remove(old.id);
    const ready = await startAnew(engine, record, stateDir, makeSettings, accounts);
    const level = isolationOf(agent.labels);
    if (hasHandover(stateDir, name)) handOverCertificate(stateDir, name, ready.ca);
    else if (agent.status === 'running') {
      await deliverByProcess(level, engine, agent.id, await tarOf(authorityFiles(ready.ca)));
    }
    writeRecord(stateDir, { ...record, journalHead: ready.head });
    return ready;
  });
}

async function startAnew(
  engine: Engine,
  record: BoxRecord,
  stateDir: string,
  makeSettings: (addresses: BoxAddresses) => Settings | Promise<Settings>,
  accounts: readonly string[],
): Promise<SidecarReady> {
  const { inside, egress } = record.networks;
  const identity: BoxIdentity = record;
  const user = sidecarUser(await engine.facts());
  let created: string | undefined;
  try {
    return await startSidecar(
      engine,
      {
        name: record.name,
        image: record.images.sidecar,
        identity,
        inside,
        egress: async () => egress,
        settings: Promise.resolve(
          makeSettings({
            box: { name: record.name, id: record.id },
            sidecar: sidecarAddressOn(inside.subnet),
            agent: agentAddressOn(inside.subnet),
          }),
        ),
        user,
        journalDir: prepareJournalDir(stateDir, record.name, user),
        accountMounts: accountMounts(stateDir, { ...record, accounts }, user),
      },
      {
        step: (_name, work) => work(),
        onCreated: (id) => {
          created = id;
        },
      },
    );
  } catch (thrown) {
    if (created !== undefined) await engine.api.containers.remove(created).catch(() => {});
    throw thrown;
  }
}

export interface LogOptions {
  role: 'agent' | 'sidecar';
  follow: boolean;
  /** Lines from the end; all when absent. */
  tail?: number;
}

/** Writes what a container has said. Throws BOX_UNKNOWN. */
export async function writeLogs(
  engine: Engine,
  name: string,
  options: LogOptions,
  stdout: Writable,
  stderr: Writable,
): Promise<void> {
  const container = await containerOf(engine, name, options.role);
  const state = container === undefined ? undefined : await engine.api.containers.inspect(container.id);
  if (state === undefined) throw unknownBox(name);
  const output = await engine.api.containers.logs(state.id, options);
  await (state.hasTerminal ? copyOutput(output, stdout) : splitOutput(output, stdout, stderr));
}
