// From what a box shall be to what the engine is asked for. Pure: read this file to know what an agent can touch.
import { controlSocketPath } from '../sidecar/control.js';
import { defaultPorts } from '../sidecar/settings.js';
import type { ContainerPlan, Limits, Mount, TerminalSize } from './docker/shapes.js';
import { agentEnvironment, agentPaths } from './environment.js';
import type { Isolation } from './isolation/isolation.js';
import { seccompProfile } from './isolation/seccomp.js';
import { type BoxIdentity, labelNames, labelsOf, objectNames } from './names.js';
import { agentAddressOn, type BoxNetwork, sidecarAddressOn } from './networks.js';

/** Numeric user and group of a process in a container. */
export interface User {
  uid: number;
  gid: number;
}

/** A box as the caller wants it. */
export interface BoxSpec {
  name: string;
  profile: string;
  mode: string;
  isPaper: boolean;
  /** Absolute, symlinks resolved, checked by `checkWorkdir`. */
  workdir: string;
  /** The agent's program and arguments. */
  command: readonly string[];
  /** Profile variables and decoys: nothing secret (S1). */
  environment: Readonly<Record<string, string>>;
  terminal: { isTty: boolean; hasStdin: boolean; size?: TerminalSize };
  limits: Limits;
  /** Bytes that the agent leaves free on every disk it can write to; the keeper's usual share when absent. */
  diskReserveBytes?: number;
  /** Files of the agent's home, made for this box: nothing secret (S1). */
  homeFiles?: readonly HomeFile[];
  images: { agent: string; sidecar: string };
  /** What lies over parts of the working directory, so that the agent cannot write what the host executes (S13). */
  shield?: Shield;
  /** The wall between agent and kernel; a container when absent. */
  isolation?: Isolation;
}

/** What lies over the working directory's own mount. */
export interface Shield {
  mounts: readonly Mount[];
  /** Target → mount options. Writable, so that an editor's or agent's own files do no harm: they end with the box. */
  tmpfs: Readonly<Record<string, string>>;
}

export interface HomeFile {
  /** Path below the home directory. */
  path: string;
  content: string;
  isExecutable: boolean;
}

export const defaultLimits: Limits = { memoryBytes: 4 * 1024 ** 3, cpus: 2, pids: 1024, openFiles: 8192 };

/** An engine may grant no more than it was started with; 20,000 is the least that was met. */
const mostOpenFiles = 16_384;

/**
 * Idle it takes 90 MB, loaded 200 MB. What hostile upstreams can make it hold must fit (A14), or the engine ends it in the middle of its work:
 * Node's heap (see `sidecarFlags`), windows of packed answers (see http1/coding.ts) with up to 3 MB of brotli's tables each, and 150 MB of
 * answers over HTTP/2 that nobody reads (512 streams; measured by the bench), and messages on WebSockets (see websocket/held-bytes.ts).
 */
export const sidecarLimits: Limits = { memoryBytes: 1.25 * 1024 ** 3, cpus: 2, pids: 64, openFiles: 8192 };

/** Where things lie in the sidecar container. */
export const sidecarPaths = {
  program: '/app/sidecar.cjs',
  probe: '/app/probe.cjs',
  journal: '/journal',
  accounts: '/accounts',
  /** V8's heap once the program is loaded, made when its image is built: half of its start was loading. */
  snapshot: '/app/sidecar.blob',
} as const;

/**
 * Node's flags for the sidecar; V8 takes a snapshot made with equal flags only.
 * Little outlives a request, so one thread clears the young memory faster than several that wait for each other: every eighth
 * microsecond of a request went there, and pauses of 20 ms where a machine is busy. Nor does V8 guess what will live long: it put
 * a kilobyte of every request into the old memory, and had to mark that three times as often.
 */
export const sidecarFlags = [
  '--disable-proto=delete',
  '--no-addons',
  '--max-old-space-size=256',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--no-parallel-scavenge',
  '--no-allocation-site-pretenuring',
] as const;

/** How the sidecar's program is run: from its snapshot, which holds nothing of any box. */
export const sidecarCommand = [
  'node',
  ...sidecarFlags,
  '--snapshot-blob',
  sidecarPaths.snapshot,
  sidecarPaths.program,
] as const;

const noIpv6 = { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' };

/** S1, S3, S13: no capability, no device, one mount, one network without a way out, one resolver: the sidecar. */
export function agentPlan(
  spec: BoxSpec,
  identity: BoxIdentity,
  inside: BoxNetwork,
  user: User,
  isolation: Isolation,
  handover: readonly Mount[] = [],
): ContainerPlan {
  const sidecarAddress = sidecarAddressOn(inside.subnet);
  const plan: ContainerPlan = {
    name: objectNames(identity).agent,
    image: spec.images.agent,
    argv: [agentPaths.gate, ...spec.command],
    environment: agentEnvironment({
      boxName: spec.name,
      sidecarAddress,
      connectPort: defaultPorts.connectPort,
      own: spec.environment,
    }),
    user: `${user.uid}:${user.gid}`,
    workingDir: agentPaths.workspace,
    hostName: spec.name,
    labels: { ...labelsOf(identity, 'agent'), [labelNames.isolation]: isolation.id },
    hasTerminal: spec.terminal.isTty,
    hasStdin: spec.terminal.hasStdin,
    hasInit: false,
    isRootReadOnly: false,
    limits: { ...spec.limits, openFiles: Math.min(spec.limits.openFiles, mostOpenFiles) },
    mounts: [
      { source: spec.workdir, target: agentPaths.workspace, isReadOnly: false },
      ...(spec.shield?.mounts ?? []),
      ...handover,
    ],
    tmpfs: { ...spec.shield?.tmpfs },
    sysctls: noIpv6,
    network: { name: inside.name, address: agentAddressOn(inside.subnet) },
    resolvers: [sidecarAddress],
    sparesNameServer: true,
  };
  return kept({ ...plan, ...isolation.adapt(plan) }, isolation, spec.diskReserveBytes);
}

/** E8: under the keeper, as process 1 of the container (images/agent/keeper); a machine's is outside of the machine. */
function kept(
  plan: ContainerPlan,
  { writesCounted = 'write_bytes' }: Isolation,
  diskReserveBytes = 0,
): ContainerPlan {
  // The gate is the keeper's own work where it stands before the agent itself: a program less to start.
  const waits = plan.argv[0] === agentPaths.gate;
  const watched = [writesCounted, waits ? agentPaths.readyFlag : '-', '/', agentPaths.workspace];
  const command = plan.argv.slice(waits ? 1 : 0);
  const argv = [agentPaths.keeper, String(diskReserveBytes), '0', ...watched, '--', ...command];
  return { ...plan, argv, hasInit: false };
}

/** The sidecar's user when the caller is root: an id that owns nothing else. */
export const sidecarUid = 10_777;

/** Read-only but for its own tmpfs and the journal; low ports by sysctl instead of a capability; no core file can hold a secret (S2). */
export function sidecarPlan(parts: {
  /** Of the box. */
  name: string;
  image: string;
  identity: BoxIdentity;
  inside: BoxNetwork;
  user: User;
  journalDir: string;
  /** Journals of the accounts that may trade. */
  accountMounts?: ContainerPlan['mounts'];
  /** See `canAskUpstream` (upstream-names.ts). */
  asksUpstream?: boolean;
}): ContainerPlan {
  const { name, image, identity, inside, user, journalDir } = parts;
  return {
    name: objectNames(identity).sidecar,
    image,
    argv: [...sidecarCommand],
    environment: { NODE_ENV: 'production', TZ: 'UTC' },
    user: `${user.uid}:${user.gid}`,
    workingDir: '/',
    hostName: `${name}-sidecar`,
    labels: labelsOf(identity, 'sidecar'),
    hasTerminal: false,
    hasStdin: true,
    hasInit: false,
    isRootReadOnly: true,
    limits: sidecarLimits,
    mounts: [
      { source: journalDir, target: sidecarPaths.journal, isReadOnly: false },
      ...(parts.accountMounts ?? []),
    ],
    tmpfs: {
      [controlDir]: `rw,noexec,nosuid,nodev,size=1m,mode=0700,uid=${user.uid},gid=${user.gid}`,
    },
    sysctls: {
      ...noIpv6,
      'net.ipv4.ip_unprivileged_port_start': '0',
      'net.ipv4.ip_forward': '0', // S3: it answers, it never routes
    },
    network: { name: inside.name, address: sidecarAddressOn(inside.subnet) },
    resolvers: [],
    sparesNameServer: parts.asksUpstream === true,
    seccomp: seccompProfile('container'),
  };
}

const controlDir = controlSocketPath.slice(0, controlSocketPath.lastIndexOf('/'));
