// The configuration as the rest of the host program reads it: merged, checked, every entry with its origin.

import type { TaintPolicy } from '../audit/taint.js';
import type { IsolationId, IsolationWish } from '../core/isolation.js';
import type { AlertSetting, HostRule, OrdersSetting, PlainCredentialSetting } from '../sidecar/settings.js';
import type { Environment, Venue } from '../venues/venue.js';
import type { LockFileName } from './lock-file.js';
import type { Regime } from './regime.js';
import type { Mode, RegistryKind } from './schema.js';
import type { SecretSource } from './secret-source.js';

/** A secret's source with the directory that relative `file:` paths are read from. */
export interface LocatedSource {
  source: SecretSource;
  /** Directory of the file that names the source, absolute. */
  baseDir: string;
  /** `path:line` of the entry. */
  origin: string;
}

/** A trading account: which venue, which money, where each credential field comes from. */
export interface AccountConfig {
  id: string;
  venue: Venue;
  environment: Environment;
  /** Source by field name; every field the venue demands is there, and none it does not know. */
  credentials: Readonly<Record<string, LocatedSource>>;
  origin: string;
}

/** A header or Basic credential, such as an LLM key. Its hosts are reachable where it is attached. */
export interface CredentialConfig {
  id: string;
  hosts: readonly string[];
  placement: PlainCredentialSetting['placement'];
  value: LocatedSource;
  /** Variables in which the agent finds the decoy. */
  env: readonly string[];
  isLlm: boolean;
  origin: string;
}

/** Package registries by kind, resolved when a box starts (registries.ts). */
export interface RegistryConfig {
  registry: RegistryKind;
  /** Only what this file of the working directory names is opened. */
  lockFile?: LockFileName | undefined;
  requestsPerMinute?: number | undefined;
  reason: string;
  origin: string;
}

/** A host at a fixed, possibly private address. */
export interface PinConfig {
  host: string;
  address: string;
  /** Port that is dialled at the address. */
  port: number;
  /** PEM text of the only trusted authority; the system's when absent. */
  ca?: string;
  /** Set when it is a model's that takes no key. */
  isLlm?: true;
  /** Set when it is a registry's, of which a lock file opens parts: the pin opens nothing. */
  isRegistry?: true;
  reason: string;
  origin: string;
}

/** A receiver of alerts, with the source of its address. */
export interface AlertConfig extends Omit<AlertSetting, 'url'> {
  url: LocatedSource;
}

export interface LimitsConfig {
  memoryMb: number;
  /** CPUs, fractions allowed. */
  cpus: number;
  pids: number;
  /** Megabytes that stay free on every disk a box writes to; 2 GB, or 5 % of a smaller disk, when absent. */
  diskReserveMb?: number;
  /** Megabytes that a box's own file system may take, by the engine's storage driver; none when absent. */
  diskMb?: number;
}

export interface WorkdirConfig {
  /** Paths below the working directory that stay writable though this machine's tools execute them (S13). */
  writable: readonly string[];
  /** Paths below the working directory that are not searched for real secrets. */
  unsearched: readonly string[];
  snapshots: SnapshotConfig;
}

export interface SnapshotConfig {
  /** How many are kept; 0 takes none before a run. */
  keep: number;
  /** Megabytes on disk that all of one directory may take. */
  maxMb: number;
  /** Names that are left out, at any depth. */
  exclude: readonly string[];
}

export interface Config {
  /** Files read, absolute, in the order they were merged. */
  files: readonly string[];
  mode: Mode;
  accounts: readonly AccountConfig[];
  credentials: readonly CredentialConfig[];
  /** The hosts of the user's choosing; venue hosts come with an account, credential hosts with `credentialRules`. */
  hosts: readonly HostRule[];
  registries: readonly RegistryConfig[];
  pins: readonly PinConfig[];
  limits: LimitsConfig;
  /** As written; the profile's or a container without one. */
  isolation?: IsolationWish | undefined;
  workdir: WorkdirConfig;
  /** Path of the canary file below the agent's home; none without. */
  canary?: string | undefined;
  /** As written; without one, what is attached to a box decides (regime.ts). */
  regime?: Regime | undefined;
  /** Severities of taint that are not the default. */
  taint?: TaintPolicy;
  /** The weakest wall behind which a box may trade live; any when absent. */
  liveIsolation?: IsolationId | undefined;
  /** Waits and limits of orders that are not the built-in ones. */
  orders?: OrdersSetting;
  alerts?: readonly AlertConfig[];
}

export const defaultSnapshots: SnapshotConfig = {
  keep: 10,
  maxMb: 1024,
  exclude: ['node_modules', '.venv', '__pycache__'],
};

export const defaultLimits: LimitsConfig = { memoryMb: 4096, cpus: 2, pids: 512 };

/** The rules that open a credential's own hosts, for a box it is attached to. */
export function credentialRules(credential: CredentialConfig): HostRule[] {
  return credential.hosts.map((host) => ({
    host,
    ports: [443],
    methods: ['*'],
    paths: ['/**'],
    reason: `host of the credential ${credential.id}`,
    origin: credential.origin,
  }));
}

/** The rules that open pinned hosts: on 443 and on the pinned port, so that a URL may or may not name it. */
export function pinRules(pins: readonly PinConfig[]): HostRule[] {
  return pins
    .filter(({ isRegistry }) => isRegistry !== true)
    .map((pin) => ({
      host: pin.host,
      ports: [...new Set([443, pin.port])],
      methods: ['*'],
      paths: ['/**'],
      reason: pin.reason,
      origin: pin.origin,
    }));
}

/** The hosts of models: of attached credentials, and pinned ones that take no key. Both are the operator's word. */
export function modelHosts(
  credentials: readonly Pick<CredentialConfig, 'hosts' | 'isLlm'>[],
  pins: readonly Pick<PinConfig, 'host' | 'isLlm'>[],
): string[] {
  return [
    ...credentials.flatMap(({ hosts, isLlm }) => (isLlm ? hosts : [])),
    ...pins.flatMap(({ host, isLlm }) => (isLlm === true ? [host] : [])),
  ];
}
