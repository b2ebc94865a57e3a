// What boxes there are and in which state: told from the engine's own records and labels, so that it stays true when tradebox,
// a container or the engine was killed.
import type { IsolationId } from '../core/isolation.js';
import type { Listing } from './docker/listing.js';
import type { ContainerState, ContainerSummary, NetworkState } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { isolationOf } from './isolation/level-of.js';
import { bearsItsName, labelNames, type Role } from './names.js';

/**
 * `running`: both run. `agent-exited`: the agent has ended, the sidecar runs. `sidecar-dead`: the
 * agent runs without any network. `stopped`: both ended. `partial`: something of it is missing; only `reset` helps.
 */
export type BoxStatus = 'running' | 'agent-exited' | 'sidecar-dead' | 'stopped' | 'partial';

export interface BoxState {
  name: string;
  id: string;
  profile: string;
  mode: string;
  isolation: IsolationId;
  isPaper: boolean;
  /** ISO 8601. */
  createdAt: string;
  status: BoxStatus;
  /** What the status comes from, a few words. */
  detail: string;
  /** Exit code of the agent, once it has ended. */
  exitCode: number | undefined;
  /** Milliseconds since the agent started; undefined when it does not run. */
  upMs: number | undefined;
  /** Engine ids of its parts that exist. */
  parts: Readonly<Partial<Record<Role, string>>>;
  workdir?: string;
}

/**
 * All boxes of this engine, by name. `isInspected`: whose agents the engine is asked about more fully; without that `exitCode`
 * and `upMs` are not told, nor that memory ran out or why an agent never started.
 */
export async function listBoxes(
  engine: { api: Listing },
  nowMs: number,
  isInspected: (agent: ContainerSummary) => boolean = () => true,
): Promise<BoxState[]> {
  return statesOf(await partsOf(engine, '', isInspected), nowMs);
}

/** Undefined when nothing of a box of that name exists. */
export async function findBox(engine: Engine, name: string, nowMs: number): Promise<BoxState | undefined> {
  return statesOf(await partsOf(engine, name, () => true), nowMs)[0];
}

/** A container of a box; where a reset was interrupted and left two, the one that runs, else the newer. */
export async function containerOf(
  engine: Engine,
  name: string,
  role: 'agent' | 'sidecar',
): Promise<ContainerSummary | undefined> {
  return (await containersOf(engine, name, role))[0];
}

/** The containers of that role, those that run first, of these the newest: while a box is replaced there are two. */
export async function containersOf(
  engine: Engine,
  name: string,
  role: 'agent' | 'sidecar',
): Promise<ContainerSummary[]> {
  const listed = await engine.api.containers.list({ [labelNames.box]: name, [labelNames.role]: role });
  const own = listed.filter(bearsItsName).sort(newestFirst);
  const runs = ({ status }: ContainerSummary) => status === 'running';
  return [...own.filter(runs), ...own.filter((each) => !runs(each))];
}

/** Everything that carries a box's label. */
export interface LabelledParts {
  containers: readonly ContainerSummary[];
  networks: readonly NetworkState[];
  /** Fuller records of the containers, where `ps` needs them. */
  inspected: ReadonlyMap<string, ContainerState>;
}

async function partsOf(
  engine: { api: Listing },
  name: string,
  isInspected: (agent: ContainerSummary) => boolean,
): Promise<LabelledParts> {
  const label = { [labelNames.box]: name };
  const [containers, networks] = await Promise.all([
    engine.api.containers.list(label),
    engine.api.networks.list(label),
  ]);
  const agents = containers.filter((each) => each.labels[labelNames.role] === 'agent' && isInspected(each));
  const inspected = await Promise.all(agents.map((each) => engine.api.containers.inspect(each.id)));
  const known = inspected.filter((state) => state !== undefined);
  return { containers, networks, inspected: new Map(known.map((state) => [state.id, state])) };
}

/** Pure: from what the engine has to what a person should read. */
export function statesOf(parts: LabelledParts, nowMs: number): BoxState[] {
  const names = new Set(
    [...parts.containers, ...parts.networks].map((part) => part.labels[labelNames.box] ?? ''),
  );
  return [...names]
    .filter((name) => name !== '')
    .sort()
    .map((name) => stateOf(name, parts, nowMs));
}

interface Labelled {
  labels: Readonly<Record<string, string>>;
}

/** Which box of a name counts: an interrupted reset leaves two. The one with running parts, else the newer. */
function currentOf(name: string, parts: LabelledParts): { id: string; hasRemains: boolean } {
  const isOurs = ({ labels }: Labelled) => labels[labelNames.box] === name;
  const all = [...parts.containers, ...parts.networks].filter(isOurs).sort(newestFirst);
  const idOf = ({ labels }: Labelled) => labels[labelNames.id] ?? '';
  const own = all.filter(({ labels }) => labels[labelNames.role] !== 'probe');
  const running = parts.containers
    .filter((each) => isOurs(each) && each.labels[labelNames.role] !== 'probe' && each.status === 'running')
    .sort(newestFirst);
  const [current] = [...running, ...own, ...all];
  return {
    id: current === undefined ? '' : idOf(current),
    hasRemains: new Set(own.map(idOf)).size > 1,
  };
}

const newestFirst = (a: Labelled, b: Labelled): number => {
  const [first = '', second = ''] = [a.labels[labelNames.created], b.labels[labelNames.created]];
  return first > second ? -1 : first < second ? 1 : 0;
};

function stateOf(name: string, parts: LabelledParts, nowMs: number): BoxState {
  const { id, hasRemains } = currentOf(name, parts);
  const isOurs = ({ labels }: Labelled) => labels[labelNames.box] === name && labels[labelNames.id] === id;
  const containers = parts.containers.filter(isOurs);
  const networks = parts.networks.filter(isOurs);
  const ofRole = <T extends Labelled>(list: readonly T[], role: Role) =>
    list.find((part) => part.labels[labelNames.role] === role);
  const agent = ofRole(containers, 'agent');
  const sidecar = ofRole(containers, 'sidecar');
  const inside = ofRole(networks, 'inside');
  const egress = ofRole(networks, 'egress');
  const agentState = agent === undefined ? undefined : parts.inspected.get(agent.id);
  const labels = (agent ?? sidecar ?? inside ?? egress)?.labels ?? {};
  const isRunning = agent?.status === 'running' || agent?.status === 'paused';
  const hasEnded = agent?.status === 'exited' || agent?.status === 'dead';
  const missing = Object.entries({ agent, sidecar, inside, egress }).flatMap(([role, part]) =>
    part === undefined ? [role] : [],
  );
  const present = Object.entries({ agent, sidecar, inside, egress }).flatMap(([role, part]) =>
    part === undefined ? [] : [[role, part.id] as const],
  );
  const { status, detail } = judge(agent, agentState, sidecar, missing, hasRemains);
  return {
    name,
    id,
    profile: labels[labelNames.profile] ?? '',
    mode: labels[labelNames.mode] ?? '',
    isolation: isolationOf(agent?.labels ?? {}),
    isPaper: labels[labelNames.paper] === 'true',
    createdAt: labels[labelNames.created] ?? '',
    status,
    detail: hasRemains ? `${detail}; beside it remains of an interrupted reset` : detail,
    exitCode: hasEnded ? agentState?.exitCode : undefined,
    upMs:
      isRunning && agentState?.startedAtMs !== undefined
        ? Math.max(0, nowMs - agentState.startedAtMs)
        : undefined,
    parts: Object.fromEntries(present),
  };
}

function judge(
  agent: ContainerSummary | undefined,
  agentState: ContainerState | undefined,
  sidecar: ContainerSummary | undefined,
  missing: readonly string[],
  hasRemains: boolean,
): { status: BoxStatus; detail: string } {
  const isSidecarGone = sidecar === undefined || sidecar.status !== 'running';
  const onlySidecarIsMissing = missing.length === 1 && missing[0] === 'sidecar';
  const isAlive = agent?.status === 'running' || agent?.status === 'paused';
  if (isAlive && isSidecarGone && (missing.length === 0 || onlySidecarIsMissing)) {
    const does = agent.status === 'paused' ? 'is paused' : 'runs';
    return {
      status: 'sidecar-dead',
      detail: `the agent ${does} without network (sidecar ${sidecar?.statusText ?? 'removed'})`,
    };
  }
  if (missing.length > 0) return { status: 'partial', detail: `without ${missing.join(', ')}` };
  // A reset stops the agent so, and its sidecar closes: that runs for a moment yet, for nobody.
  if (hasRemains && agent?.status === 'paused') return { status: 'partial', detail: 'the agent is paused' };
  if (isAlive) {
    return { status: 'running', detail: agent.status === 'paused' ? 'paused' : agent.statusText };
  }
  if (agent?.status === 'created') {
    return {
      status: 'partial',
      detail: agentState?.error ? `never started: ${agentState.error}` : 'never started',
    };
  }
  const end = agentState?.outOfMemory === true ? 'out of memory' : (agent?.statusText ?? '');
  return isSidecarGone ? { status: 'stopped', detail: end } : { status: 'agent-exited', detail: end };
}
