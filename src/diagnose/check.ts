// The contract of a diagnose check: act through the context, observe, and say what was proven. Checks never read configuration as proof.
import type { IsolationId } from '../core/isolation.js';
import type { Secret } from '../core/secret.js';
import type { KeyReport, SidecarStatus } from '../sidecar/control.js';
import type { ProbeAction, ProbeObservation } from './probe/protocol.js';

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

export interface CheckResult {
  status: CheckStatus;
  /** What was seen, with figures; never a secret (S2). */
  observed: string;
  /** What to do; empty for a pass. */
  remedy: string;
}

export interface CommandOutcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The box under test; every call acts on the real thing. */
export interface BoxUnderTest {
  name: string;
  mode: string;
  /** Level it was made at. */
  isolation: IsolationId;
  sidecarAddress: string;
  agentAddress: string;
  connectPort: number;
  workdir: string;
  /** The uid and gid the agent is meant to have. */
  uid: number;
  gid: number;
  /** Environment variable → decoy value, as recorded when the box was made. */
  decoys: Readonly<Record<string, string>>;
  echo: { host: string; decoy: string; headerName: string; headerPrefix: string };
  /** SHA-256 hex of the header value the echo venue must receive. */
  echoExpectedSha256: string;
  /** Commands that must end with 0 in the box. */
  preflight: readonly (readonly string[])[];
  status(): Promise<SidecarStatus>;
  /** Has the venues asked what the keys of the trading accounts may do; in mode `readonly`, those of the environment `live`. */
  keys(): Promise<readonly KeyReport[]>;
  /** Runs actions in the agent's own network and process namespaces. */
  probe(plan: readonly ProbeAction[]): Promise<readonly ProbeObservation[]>;
  /** Where the sidecar met a denied name, from the journal: `dns`, or the ingress of a connection. */
  met(host: string): Promise<readonly string[]>;
  /** Whether this machine's files below a read-only mount stay whole when the agent tries to empty one; undefined: it could not be tried. */
  keepsReadOnly(): Promise<boolean | undefined>;
  /** Runs a command in the agent container as the agent's user. */
  exec(argv: readonly string[], timeoutMs?: number): Promise<CommandOutcome>;
}

export interface CheckContext {
  /** `kernel` is the one of the machine the engine runs on. */
  engine: {
    kernel: string;
    endpoint: string;
    source: string;
    version: string;
    apiVersion: string;
    rootless: boolean;
  };
  /** Our directories and files with the loosest mode each may have. */
  ownFiles: readonly { path: string; maxMode: number }[];
  images: readonly { role: string; tag: string; present: boolean }[];
  config: { path: string | undefined; accounts: readonly string[] };
  /** Every real secret at hand, to hunt for; empty when the vault stayed closed. */
  secrets: readonly { id: string; value: Secret }[];
  /** IPv4 and IPv6 addresses of this machine, without loopback. */
  hostAddresses: readonly string[];
  /** Those that an engine on this machine hands to a new sidecar; undefined where it is elsewhere or asks them for it. */
  nameServers: readonly string[] | undefined;
  nowMs(): number;
  box: BoxUnderTest;
  /** Runs actions in a deliberately weakened box: the negative control. */
  probeWeakened(
    on: WeakNetwork,
    plan: (gateway: string) => readonly ProbeAction[],
  ): Promise<readonly ProbeObservation[]>;
}

/** A plain internal network without our options, or one with a way out, as containers have where nothing is said. */
export type WeakNetwork = 'internal' | 'open';

export interface Check {
  id: string;
  /** The promise, one sentence. */
  proves: string;
  /** The invariants it stands for, `S3`. */
  invariants: readonly string[];
  run(context: CheckContext): Promise<CheckResult>;
}

export const pass = (observed: string): CheckResult => ({ status: 'pass', observed, remedy: '' });
export const warn = (observed: string, remedy: string): CheckResult => ({ status: 'warn', observed, remedy });
export const fail = (observed: string, remedy: string): CheckResult => ({ status: 'fail', observed, remedy });
export const skip = (observed: string, remedy: string): CheckResult => ({ status: 'skip', observed, remedy });
