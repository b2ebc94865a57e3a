// Starts a sidecar container and hands it its settings; for a new box, and for a box whose sidecar has died.
import { messageOf, TradeboxError } from '../core/errors.js';
import { type Ready, readySchema } from '../sidecar/control.js';
import { protocolVersion, type Settings } from '../sidecar/settings.js';
import { withDeadline } from './docker/errors.js';
import type { ContainerPlan } from './docker/shapes.js';
import { type AttachedStream, readFramedLine } from './docker/streams.js';
import type { Engine } from './engine.js';
import type { BoxIdentity } from './names.js';
import { type BoxNetwork, sidecarAddressOn } from './networks.js';
import { sidecarPlan, type User } from './spec.js';
import { canAskUpstream, type NameServices, upstreamServers } from './upstream-names.js';

/** What a sidecar says once it listens. */
export type SidecarReady = Extract<Ready, { ready: true }>;

/** Milliseconds from a sidecar's start until it says that it listens. */
const readyDeadlineMs = 20_000;
/** The ready line holds a certificate, never more than a few kilobytes. */
const readyLineBytes = 64 * 1024;

export interface SidecarParts {
  /** Of the box. */
  name: string;
  image: string;
  identity: BoxIdentity;
  inside: BoxNetwork;
  /** Asked once the sidecar starts. */
  egress(): Promise<BoxNetwork>;
  settings: Promise<Settings>;
  user: User;
  journalDir: string;
  /** Journals of the accounts that may trade. */
  accountMounts: ContainerPlan['mounts'];
  /**
   * Resolves when no other sidecar of the box is at work; at once when absent. Its rejection ends the start. Until then this one has no
   * settings: it listens nowhere, and opens no journal.
   */
  mayBegin?: Promise<void> | undefined;
}

/** How the caller follows the work. */
export interface StartHooks {
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  onCreated(id: string): void;
}

/** Resolves when it listens. Throws SIDECAR_FAILED, and what creating and starting throw. `here`: this machine when absent. */
export async function startSidecar(
  engine: Engine,
  parts: SidecarParts,
  hooks: StartHooks,
  here?: NameServices,
): Promise<SidecarReady> {
  const { containers, networks } = engine.api;
  const asksUpstream = canAskUpstream(await engine.facts(), here);
  const nameServers = asksUpstream ? { nameServers: upstreamServers(here) } : {};
  const plan = sidecarPlan({ ...parts, asksUpstream });
  const id = await hooks.step('sidecar created', async () => {
    const created = await containers.create(plan);
    hooks.onCreated(created);
    return created;
  });
  const stream = await containers.attach(id, { hasStdin: true, isFramed: true });
  try {
    // Its way out is made while it starts and put in while its program loads.
    const [network] = await Promise.all([
      parts.egress(),
      hooks.step('sidecar started', () => containers.start(id)),
    ]);
    const connected = hooks.step('egress connected', async () => {
      await networks.connect(network.id, id, sidecarAddressOn(network.subnet));
    });
    const ready = hooks.step('sidecar ready', async () => {
      const [settings] = await Promise.all([parts.settings, parts.mayBegin]);
      return configure(stream, { ...settings, ...nameServers });
    });
    return (await Promise.all([ready, connected]))[0];
  } finally {
    stream.socket.destroy();
  }
}

/**
 * Sends the settings, with the secrets, over the sidecar's standard input and reads its answer (S2: they never touch a file,
 * an argument or an engine object).
 */
async function configure(stream: AttachedStream, settings: Settings): Promise<SidecarReady> {
  let line: string;
  try {
    if (stream.socket.destroyed) throw new Error('its start was given up');
    const answer = readFramedLine(stream.socket, readyLineBytes);
    stream.socket.write(`${JSON.stringify(settings)}\n`);
    line = await withDeadline(readyDeadlineMs, () => answer);
  } catch (thrown) {
    throw new TradeboxError('SIDECAR_FAILED', `The sidecar did not come up: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
  return understandReady(line);
}

/** What the user mends at the venue, not in tradebox. */
const keyProblems = ['KEY_CAN_WITHDRAW', 'KEY_OF_OTHER_ENVIRONMENT', 'ACCOUNT_UNCHECKED'] as const;

/** Exported for its test. */
export function understandReady(line: string): SidecarReady {
  let ready: Ready;
  try {
    ready = readySchema.parse(JSON.parse(line));
  } catch (thrown) {
    throw new TradeboxError(
      'SIDECAR_FAILED',
      'The sidecar answered with something else than its ready line.',
      {
        cause: thrown,
      },
    );
  }
  if (!ready.ready) {
    const { code, message, remedy = '' } = ready;
    const ofTheKey = keyProblems.find((problem) => problem === code);
    if (ofTheKey !== undefined) throw new TradeboxError(ofTheKey, message, { remedy });
    throw new TradeboxError(
      'SIDECAR_FAILED',
      `The sidecar refused to start: ${ready.message} (${ready.code}).`,
    );
  }
  if (ready.protocol !== protocolVersion) {
    throw new TradeboxError(
      'SIDECAR_FAILED',
      `The sidecar speaks protocol ${ready.protocol}, this tradebox ${protocolVersion}.`,
      { remedy: 'Build again with `npm run build`.' },
    );
  }
  return ready;
}
