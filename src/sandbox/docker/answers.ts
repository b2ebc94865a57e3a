// The engine's answers (Docker Engine API 1.41, PascalCase JSON) as our own shapes.
import type {
  ContainerState,
  ContainerStatus,
  ContainerSummary,
  EngineFacts,
  EngineVersion,
  FileChange,
  ImageState,
  NetworkState,
} from './shapes.js';

interface NetworkAnswer {
  Id: string;
  Name: string;
  Labels?: Record<string, string>;
  IPAM?: { Config?: { Subnet?: string }[] };
  Containers?: Record<string, { Name: string }>;
}

export function networkState(entry: NetworkAnswer): NetworkState {
  return {
    id: entry.Id,
    name: entry.Name,
    labels: entry.Labels ?? {},
    subnets: (entry.IPAM?.Config ?? []).flatMap((config) =>
      config.Subnet === undefined ? [] : [config.Subnet],
    ),
    members: Object.values(entry.Containers ?? {}).map((member) => member.Name),
  };
}

interface SummaryAnswer {
  Id: string;
  Names: string[];
  Labels?: Record<string, string>;
  State: string;
  Status: string;
  Image: string;
}

export function containerSummary(entry: SummaryAnswer): ContainerSummary {
  return {
    id: entry.Id,
    name: (entry.Names[0] ?? '').replace(/^\//, ''),
    labels: entry.Labels ?? {},
    status: entry.State as ContainerStatus,
    statusText: entry.Status,
    image: entry.Image,
  };
}

interface ContainerAnswer {
  Id: string;
  Name: string;
  State: {
    Status: string;
    ExitCode: number;
    OOMKilled: boolean;
    StartedAt: string;
    FinishedAt: string;
    Error: string;
  };
  Config: { Labels?: Record<string, string>; Image: string; Tty: boolean; OpenStdin: boolean };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

export function containerState(entry: ContainerAnswer): ContainerState {
  const addresses = Object.entries(entry.NetworkSettings.Networks).map(([name, end]) => [
    name,
    end.IPAddress,
  ]);
  return {
    id: entry.Id,
    name: entry.Name.replace(/^\//, ''),
    labels: entry.Config.Labels ?? {},
    status: entry.State.Status as ContainerStatus,
    statusText: entry.State.Status,
    image: entry.Config.Image,
    exitCode: entry.State.ExitCode,
    outOfMemory: entry.State.OOMKilled,
    startedAtMs: instant(entry.State.StartedAt),
    finishedAtMs: instant(entry.State.FinishedAt),
    error: entry.State.Error,
    hasTerminal: entry.Config.Tty,
    hasStdin: entry.Config.OpenStdin,
    addresses: Object.fromEntries(addresses),
  };
}

/** The engine writes year 1 for "never". */
function instant(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

const changeKinds = ['changed', 'added', 'deleted'] as const;

/** The engine answers null when nothing changed. */
export function fileChanges(answer: unknown): FileChange[] {
  const listed = (answer ?? []) as { Kind: number; Path: string }[];
  return listed.map((change) => ({ path: change.Path, kind: changeKinds[change.Kind] ?? 'changed' }));
}

interface ImageAnswer {
  Id: string;
  RepoTags?: string[] | undefined;
  RepoDigests?: string[] | undefined;
  Size: number;
  Config?: { Labels?: Record<string, string> | null | undefined };
}

export function imageState(entry: ImageAnswer): ImageState {
  return {
    id: entry.Id,
    tags: entry.RepoTags ?? [],
    labels: entry.Config?.Labels ?? {},
    sizeBytes: entry.Size,
    digests: entry.RepoDigests ?? [],
  };
}

export interface VersionAnswer {
  Version: string;
  ApiVersion: string;
  Components?: { Name: string }[];
}

export function engineVersion(answer: VersionAnswer): EngineVersion {
  const isPodman = (answer.Components ?? []).some((component) => /podman/i.test(component.Name));
  return {
    product: isPodman ? 'podman' : 'docker',
    version: answer.Version,
    apiVersion: answer.ApiVersion,
  };
}

/** From the headers of an answer, as Docker and Podman send them with each; undefined where another program stands before them. */
export function versionInHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): EngineVersion | undefined {
  const server = /^(Docker|Libpod)\/(\S+)/.exec(String(headers.server ?? ''));
  const apiVersion = headers['api-version'];
  if (server?.[2] === undefined || typeof apiVersion !== 'string') return undefined;
  return { product: server[1] === 'Libpod' ? 'podman' : 'docker', version: server[2], apiVersion };
}

export interface FactsAnswer {
  ID?: string;
  Name?: string;
  SecurityOptions?: string[];
  /** Podman's way to say it. */
  Rootless?: boolean;
  Runtimes?: Record<string, unknown>;
  CgroupVersion?: string;
  Driver?: string;
  /** Docker says it as the kernel does. */
  Architecture?: string;
  KernelVersion?: string;
}

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export function engineFacts(answer: FactsAnswer): EngineFacts {
  const options = answer.SecurityOptions ?? [];
  return {
    id: answer.ID ?? '',
    hostName: answer.Name ?? '',
    isRootless: answer.Rootless === true || options.some((option) => option.includes('name=rootless')),
    remapsUsers: options.some((option) => option.includes('name=userns')),
    runtimes: Object.keys(answer.Runtimes ?? {}),
    cgroupVersion: answer.CgroupVersion ?? '1',
    storageDriver: answer.Driver ?? '',
    architecture: architectures[answer.Architecture ?? ''] ?? answer.Architecture ?? '',
    kernel: answer.KernelVersion ?? '',
  };
}
