// Runs the probe: our own program from the sidecar's image, inside the agent's network and process namespaces, or inside a
// deliberately weakened network as the negative control.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TradeboxError } from '../core/errors.js';
import type { IsolationId } from '../core/isolation.js';
import { withDeadline } from './docker/errors.js';
import type { ContainerPlan } from './docker/shapes.js';
import type { Engine } from './engine.js';
import { captureExec, collectOutput, runningContainer } from './exec.js';
import { sidecarProgram } from './images.js';
import { type BoxIdentity, labelsOf } from './names.js';
import { agentAddressOn, createNetworkFrom } from './networks.js';
import { sidecarPaths } from './spec.js';
import { addressAt } from './subnets.js';
import { agentUser } from './users.js';

const probeDeadlineMs = 90_000;

/** What the probe printed for `plan`, JSON in and out. Throws BOX_UNKNOWN, BOX_NOT_RUNNING, FAULT. */
export async function probeBox(
  engine: Engine,
  identity: BoxIdentity,
  image: string,
  plan: unknown,
): Promise<unknown> {
  const agent = await runningContainer(engine, identity.name, 'agent');
  return runProbe(engine, identity, image, { network: { ofContainer: agent }, processesOf: agent }, plan);
}

/** Runs the program that follows the first line of standard input, and gives it that line as its own input. */
const loader = `const all = require('node:fs').readFileSync(0, 'utf8');
const at = all.indexOf('\\n') + 1;
Object.defineProperty(process, 'stdin', { value: require('node:stream').Readable.from([all.slice(0, at)]) });
module._compile(all.slice(at), '/probe.cjs');`;

/**
 * The same probe as a process of the agent, for a level whose kernel and network stack no other container can join. The agent
 * image's Node runs it: a hostile image could answer for it. Throws FAULT.
 */
export async function probeFromWithin(
  engine: Engine,
  agentId: string,
  at: IsolationId,
  plan: unknown,
): Promise<unknown> {
  const program = readFileSync(sidecarProgram('probe.cjs'), 'utf8');
  const { stdout, stderr } = await captureExec(
    engine,
    agentId,
    { argv: ['node', '-e', loader], workingDir: '/', input: `${JSON.stringify(plan)}\n${program}`, at },
    probeDeadlineMs,
  );
  return understand(stdout, stderr);
}

/**
 * The same probe on a plain network, without what keeps the host off it: there the host must be reachable, or the probe could not
 * tell. `isInternal`: without a way out. `makePlan` gets the gateway's address.
 */
export async function probeWeakenedBox(
  engine: Engine,
  identity: BoxIdentity,
  image: string,
  isInternal: boolean,
  makePlan: (gateway: string) => unknown,
): Promise<unknown> {
  const label = labelsOf(identity, 'probe');
  const name = `tradebox-${identity.name}-probe-${randomBytes(4).toString('hex')}`;
  const network = await createNetworkFrom(engine.api, (subnet) => ({
    name,
    labels: label,
    subnet,
    isInternal,
    options: {},
  }));
  try {
    const place = { network: { name, address: agentAddressOn(network.subnet) } };
    return await runProbe(engine, identity, image, place, makePlan(addressAt(network.subnet, 1)));
  } finally {
    await engine.api.networks.remove(network.id);
  }
}

async function runProbe(
  engine: Engine,
  identity: BoxIdentity,
  image: string,
  place: Pick<ContainerPlan, 'network' | 'processesOf'>,
  plan: unknown,
): Promise<unknown> {
  const user = agentUser(await engine.facts());
  const id = await engine.api.containers.create({
    name: `tradebox-${identity.name}-probe-${randomBytes(4).toString('hex')}`,
    image,
    argv: ['node', sidecarPaths.probe],
    environment: {},
    user: `${user.uid}:${user.gid}`,
    workingDir: '/',
    hostName: 'probe',
    labels: labelsOf(identity, 'probe'),
    hasTerminal: false,
    hasStdin: true,
    hasInit: false,
    isRootReadOnly: true,
    limits: { memoryBytes: 256 * 1024 ** 2, cpus: 1, pids: 64, openFiles: 4096 },
    mounts: [],
    tmpfs: {},
    sysctls: {},
    resolvers: [],
    ...place,
  });
  try {
    const stream = await engine.api.containers.attach(id, { hasStdin: true, isFramed: true });
    const output = collectOutput(stream.socket);
    output.catch(() => {});
    await engine.api.containers.start(id);
    stream.socket.write(`${JSON.stringify(plan)}\n`);
    const { stdout, stderr } = await withDeadline(probeDeadlineMs, () => output);
    return understand(stdout, stderr);
  } finally {
    await engine.api.containers.remove(id);
  }
}

function understand(stdout: string, stderr: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new TradeboxError(
      'FAULT',
      `The probe gave no report: ${stderr.trim() || 'it ended without a word'}`,
      { cause },
    );
  }
}
