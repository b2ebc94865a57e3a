// What tradebox asks of an engine and hears from it, in our own words. No Docker type passes this file.

/** How to reach an engine. */
export type Connection =
  | { transport: 'unix'; socketPath: string }
  | { transport: 'tcp'; host: string; port: number; tls?: { ca: string; cert: string; key: string } }
  | { transport: 'ssh'; host: string; port: number; username: string };

/** What an engine says of itself. */
export interface EngineVersion {
  /** `docker`, or `podman` behind its Docker-compatible API. */
  product: 'docker' | 'podman';
  version: string;
  /** Highest API version it speaks, `1.41`. */
  apiVersion: string;
}

/** Facts that change how a box is made. */
export interface EngineFacts {
  id: string;
  /** Host name of the machine the engine runs on. */
  hostName: string;
  /** True when container uid 0 is the engine owner's uid. */
  isRootless: boolean;
  /** True when the engine maps container uids to others. */
  remapsUsers: boolean;
  runtimes: readonly string[];
  cgroupVersion: string;
  storageDriver: string;
  /** `amd64`, `arm64` …, of the machine the engine runs on. */
  architecture: string;
  /** Version of that machine's kernel. */
  kernel: string;
}

export interface NetworkPlan {
  name: string;
  labels: Readonly<Record<string, string>>;
  /** CIDR. */
  subnet: string;
  isInternal: boolean;
  options: Readonly<Record<string, string>>;
}

export interface NetworkState {
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  subnets: readonly string[];
  /** Names of the containers on it. */
  members: readonly string[];
}

export interface Mount {
  /** Absolute path on the engine's host. */
  source: string;
  target: string;
  isReadOnly: boolean;
}

export interface Limits {
  memoryBytes: number;
  /** Processor cores, fractions allowed. */
  cpus: number;
  /** Processes and threads. */
  pids: number;
  /** Open file descriptors per process. */
  openFiles: number;
  /** Processes of the container's user on the engine's whole machine; the engine's default when absent. */
  processesOfUser?: number;
  /** Bytes of the container's own file system; none but the engine's when absent. Not every storage driver can. */
  diskBytes?: number;
}

export interface TerminalSize {
  columns: number;
  rows: number;
}

/** Everything that decides how a container is created. */
export interface ContainerPlan {
  name: string;
  image: string;
  /** Program and arguments; the image's own entry point is not used. */
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** `uid:gid`. */
  user: string;
  workingDir: string;
  hostName: string;
  labels: Readonly<Record<string, string>>;
  hasTerminal: boolean;
  hasStdin: boolean;
  /** True for a small init as PID 1 that reaps and forwards signals. */
  hasInit: boolean;
  isRootReadOnly: boolean;
  limits: Limits;
  mounts: readonly Mount[];
  /** Path → mount options. */
  tmpfs: Readonly<Record<string, string>>;
  sysctls: Readonly<Record<string, string>>;
  /** A network and the address on it (the engine chooses the hardware's when absent), or the namespaces of another container. */
  network: { name: string; address: string; hardwareAddress?: string } | { ofContainer: string };
  /** Engine id of the container whose processes it sees; its own alone when absent. */
  processesOf?: string;
  /** Addresses for the container's resolver; the engine's default when empty. */
  resolvers: readonly string[];
  /** True where the servers in its resolv.conf are to be asked directly: the engine need set up no name server for this container. */
  sparesNameServer?: boolean;
  /** True where its control group says itself how readily its memory goes to swap: cgroup v1, and a runtime that writes it there. */
  shunsSwap?: boolean;
  /** OCI runtime; the engine's default when absent. */
  runtime?: string;
  /** Seccomp profile as JSON text; the engine's default when absent. */
  seccomp?: string;
  /** Name of a loaded AppArmor profile; the engine's default when absent. */
  appArmor?: string;
  /** Device files of the engine's host, read and written at the same path; none when absent. */
  devices?: readonly string[];
  /** Further numeric groups of its processes. */
  groups?: readonly number[];
}

export type ContainerStatus =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead';

/** A line of the container list. */
export interface ContainerSummary {
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  status: ContainerStatus;
  /** The engine's own wording, `Up 3 minutes` or `Exited (0) 2 hours ago`. */
  statusText: string;
  image: string;
}

export interface ContainerState extends ContainerSummary {
  exitCode: number;
  /** True when the kernel ended it for want of memory. */
  outOfMemory: boolean;
  /** Milliseconds since the epoch; undefined when it never started. */
  startedAtMs: number | undefined;
  finishedAtMs: number | undefined;
  /** The engine's own word on why a start failed. */
  error: string;
  hasTerminal: boolean;
  hasStdin: boolean;
  /** Network name → address. */
  addresses: Readonly<Record<string, string>>;
}

/** A path in the container's writable layer that differs from the image. */
export interface FileChange {
  path: string;
  kind: 'changed' | 'added' | 'deleted';
}

export interface ExecPlan {
  argv: readonly string[];
  /** `uid:gid`; the container's own when absent. */
  user?: string;
  /** True for every capability inside the container's own kernel. */
  isPrivileged?: boolean;
  environment?: Readonly<Record<string, string>>;
  workingDir?: string;
  hasTerminal: boolean;
  hasStdin: boolean;
}

export interface ImageState {
  id: string;
  tags: readonly string[];
  labels: Readonly<Record<string, string>>;
  sizeBytes: number;
  digests: readonly string[];
}

export interface BuildPlan {
  tag: string;
  labels: Readonly<Record<string, string>>;
  /** Build arguments; never secrets, they show in the engine's logs. */
  arguments: Readonly<Record<string, string>>;
  /** Tar of the build context with a `Dockerfile`. */
  context: Buffer;
}

/** A line of progress of a build, pull or import. */
export type ProgressListener = (line: string) => void;
