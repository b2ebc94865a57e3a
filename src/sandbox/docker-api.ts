// The only home of dockerode: small nouns (networks, containers, execs, images, volumes) in our own types.
// Every call has a deadline and fails with a TradeboxError; streams that outlive a call belong to the caller.
import { type Duplex, Readable } from 'node:stream';
import type DockerodeClass from 'dockerode';
import {
  containerState,
  containerSummary,
  engineFacts,
  engineVersion,
  type FactsAnswer,
  fileChanges,
  imageState,
  networkState,
  type VersionAnswer,
} from './docker/answers.js';
import { createBody } from './docker/body.js';
import { engineMessage, isGone, isMissing, toTradeboxError, withDeadline } from './docker/errors.js';
import { requireDockerode } from './docker/lean-import.js';
import type {
  BuildPlan,
  Connection,
  ContainerPlan,
  ContainerState,
  ContainerSummary,
  EngineFacts,
  EngineVersion,
  ExecPlan,
  FileChange,
  ImageState,
  NetworkPlan,
  NetworkState,
  ProgressListener,
  TerminalSize,
} from './docker/shapes.js';
import { type AttachedStream, jsonLines } from './docker/streams.js';

/** Milliseconds for quick calls, for starts and removals, and for builds and pulls. */
const deadlines = { quick: 20_000, slow: 90_000, build: 30 * 60_000 } as const;

export type EngineApi = ReturnType<typeof connectEngine>;

/** Opens a client; nothing is sent yet. */
export function connectEngine(connection: Connection) {
  const Dockerode = requireDockerode({ needsSsh: connection.transport === 'ssh' }) as typeof DockerodeClass;
  const docker = new Dockerode(dockerodeOptions(connection));

  const call = async <T>(
    action: string,
    ms: number,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    try {
      return await withDeadline(ms, work);
    } catch (thrown) {
      throw toTradeboxError(action, thrown);
    }
  };
  /** Like `call`, but what is already gone counts as done: false. */
  const callUnlessGone = async (
    action: string,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<boolean> =>
    call(action, deadlines.slow, async (signal) => {
      try {
        await work(signal);
        return true;
      } catch (thrown) {
        if (isGone(thrown)) return false;
        throw thrown;
      }
    });
  const labelFilter = (labels: Readonly<Record<string, string>>) => ({
    label: Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`)),
  });

  const networks = {
    create: (plan: NetworkPlan): Promise<string> =>
      call(`create the network ${plan.name}`, deadlines.slow, async (abortSignal) => {
        const made = await docker.createNetwork({
          Name: plan.name,
          CheckDuplicate: true,
          Driver: 'bridge',
          Internal: plan.isInternal,
          EnableIPv6: false,
          Attachable: false,
          IPAM: { Driver: 'default', Config: [{ Subnet: plan.subnet }] },
          Options: { ...plan.options },
          Labels: { ...plan.labels },
          abortSignal,
        });
        return made.id;
      }),
    connect: (network: string, container: string, address: string): Promise<void> =>
      call('connect a container to its network', deadlines.slow, async () => {
        await docker
          .getNetwork(network)
          .connect({ Container: container, EndpointConfig: { IPAMConfig: { IPv4Address: address } } });
      }),
    disconnect: (network: string, container: string): Promise<boolean> =>
      callUnlessGone('take a container off its network', () =>
        docker.getNetwork(network).disconnect({ Container: container, Force: true }),
      ),
    /** False when it was already gone. */
    remove: (id: string): Promise<boolean> =>
      callUnlessGone('remove a network', (abortSignal) => docker.getNetwork(id).remove({ abortSignal })),
    list: (labels: Readonly<Record<string, string>>): Promise<NetworkState[]> =>
      call('list its networks', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listNetworks({ filters: labelFilter(labels), abortSignal });
        return listed.map(networkState);
      }),
    inspect: (id: string): Promise<NetworkState | undefined> =>
      call('inspect a network', deadlines.quick, () =>
        orMissing(async () => networkState(await docker.getNetwork(id).inspect())),
      ),
  };

  const containers = {
    create: (plan: ContainerPlan): Promise<string> =>
      call(`create the container ${plan.name}`, deadlines.slow, async (abortSignal) => {
        const made = await docker.createContainer({ ...createBody(plan), abortSignal });
        return made.id;
      }),
    start: (id: string): Promise<void> =>
      call('start a container', deadlines.slow, async (abortSignal) => {
        await docker.getContainer(id).start({ abortSignal });
      }),
    /** All containers with these labels, running or not. An empty value matches any. */
    list: (labels: Readonly<Record<string, string>>): Promise<ContainerSummary[]> =>
      call('list its containers', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listContainers({ all: true, filters: labelFilter(labels), abortSignal });
        return listed.map(containerSummary);
      }),
    inspect: (id: string): Promise<ContainerState | undefined> =>
      call('inspect a container', deadlines.quick, async (abortSignal) =>
        orMissing(async () => containerState(await docker.getContainer(id).inspect({ abortSignal }))),
      ),
    /** The engine's whole record, for evidence. */
    inspectRaw: (id: string): Promise<unknown> =>
      call('inspect a container', deadlines.quick, (abortSignal) =>
        docker.getContainer(id).inspect({ abortSignal }),
      ),
    kill: (id: string, signal: string): Promise<boolean> =>
      callUnlessGone(`send ${signal} to a container`, async (abortSignal) => {
        try {
          await docker.getContainer(id).kill({ signal, abortSignal });
        } catch (thrown) {
          if (!/is not running/i.test(engineMessage(thrown))) throw thrown;
        }
      }),
    stop: (id: string, graceSeconds: number): Promise<boolean> =>
      callUnlessGone('stop a container', async (abortSignal) => {
        await docker.getContainer(id).stop({ t: graceSeconds, abortSignal });
      }),
    /** Ends and removes it with its anonymous volumes; false when it was already gone. */
    remove: (id: string): Promise<boolean> =>
      callUnlessGone('remove a container', (abortSignal) =>
        docker.getContainer(id).remove({ force: true, v: true, abortSignal }),
      ),
    resize: (id: string, size: TerminalSize): Promise<void> =>
      call('resize a terminal', deadlines.quick, async (abortSignal) => {
        await docker.getContainer(id).resize({ h: size.rows, w: size.columns, abortSignal });
      }),
    /** Exit code of the main process, once it has ended. No deadline: an agent may work for days. */
    wait: async (id: string): Promise<number> => {
      try {
        const answer = (await docker.getContainer(id).wait()) as { StatusCode: number };
        return answer.StatusCode;
      } catch (thrown) {
        throw toTradeboxError('wait for a container', thrown);
      }
    },
    /** Streams of the main process. `replay` first sends what was already written. */
    attach: (
      id: string,
      options: { hasStdin: boolean; isFramed: boolean; replay?: boolean },
    ): Promise<AttachedStream> =>
      call('attach to a container', deadlines.quick, async (abortSignal) => {
        const socket = await docker.getContainer(id).attach({
          stream: true,
          stdin: options.hasStdin,
          stdout: true,
          stderr: true,
          logs: options.replay === true,
          hijack: true,
          abortSignal,
        });
        return { socket: socket as Duplex, isFramed: options.isFramed };
      }),
    logs: (
      id: string,
      options: { follow: boolean; tail?: number; timestamps?: boolean },
    ): Promise<Readable> =>
      call('read the logs', deadlines.quick, async (abortSignal) => {
        const query = {
          stdout: true,
          stderr: true,
          timestamps: options.timestamps === true,
          ...(options.tail === undefined ? {} : { tail: options.tail }),
          abortSignal,
        };
        if (options.follow)
          return (await docker.getContainer(id).logs({ ...query, follow: true })) as Readable;
        return Readable.from([await docker.getContainer(id).logs({ ...query, follow: false })]);
      }),
    /** Unpacks a tar below `path`, with the owners and modes it names. */
    putArchive: (id: string, tar: Buffer, path: string): Promise<void> =>
      call('put files into a container', deadlines.slow, async (abortSignal) => {
        await docker.getContainer(id).putArchive(tar, { path, abortSignal });
      }),
    /** Tar of a path; undefined when it isn't there. */
    getArchive: (id: string, path: string): Promise<Readable | undefined> =>
      call('take files out of a container', deadlines.slow, (abortSignal) =>
        orMissing(async () => (await docker.getContainer(id).getArchive({ path, abortSignal })) as Readable),
      ),
    changes: (id: string): Promise<FileChange[]> =>
      call('compare a container with its image', deadlines.slow, async (abortSignal) => {
        return fileChanges(await docker.getContainer(id).changes({ abortSignal }));
      }),
    exportTar: (id: string): Promise<Readable> =>
      call('export a container', deadlines.slow, async (abortSignal) => {
        return (await docker.getContainer(id).export({ abortSignal })) as Readable;
      }),
  };

  const execs = {
    /** Starts a process in a running container. */
    start: (container: string, plan: ExecPlan): Promise<{ id: string; stream: AttachedStream }> =>
      call('start a command in a container', deadlines.quick, async (abortSignal) => {
        const exec = await docker.getContainer(container).exec({
          Cmd: [...plan.argv],
          AttachStdin: plan.hasStdin,
          AttachStdout: true,
          AttachStderr: true,
          Tty: plan.hasTerminal,
          ...(plan.user === undefined ? {} : { User: plan.user }),
          ...(plan.workingDir === undefined ? {} : { WorkingDir: plan.workingDir }),
          Env: Object.entries(plan.environment ?? {}).map(([name, value]) => `${name}=${value}`),
          abortSignal,
        });
        const socket = await exec.start({ hijack: true, stdin: plan.hasStdin, Tty: plan.hasTerminal });
        return { id: exec.id, stream: { socket: socket as Duplex, isFramed: !plan.hasTerminal } };
      }),
    /** Undefined while it runs. */
    exitCode: (id: string): Promise<number | undefined> =>
      call('inspect a command', deadlines.quick, async (abortSignal) => {
        const state = await docker.getExec(id).inspect({ abortSignal });
        return state.Running ? undefined : (state.ExitCode ?? undefined);
      }),
    resize: (id: string, size: TerminalSize): Promise<void> =>
      call('resize a terminal', deadlines.quick, async () => {
        await docker.getExec(id).resize({ h: size.rows, w: size.columns });
      }),
  };

  const images = {
    find: (reference: string): Promise<ImageState | undefined> =>
      call('look for an image', deadlines.quick, () =>
        orMissing(async () => imageState(await docker.getImage(reference).inspect())),
      ),
    list: (labels: Readonly<Record<string, string>>): Promise<ImageState[]> =>
      call('list its images', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listImages({ filters: labelFilter(labels), abortSignal } as object);
        return listed.map((entry) => imageState({ ...entry, Config: { Labels: entry.Labels } }));
      }),
    history: (reference: string): Promise<unknown> =>
      call('read the history of an image', deadlines.quick, () => docker.getImage(reference).history()),
    /** Builds with the classic builder; each line of its output goes to `onLine`. Rejects with the builder's last error. */
    build: (plan: BuildPlan, onLine: ProgressListener): Promise<void> =>
      call(`build the image ${plan.tag}`, deadlines.build, async (abortSignal) => {
        const output = await docker.buildImage(
          Readable.from([plan.context]) as NodeJS.ReadableStream,
          {
            t: plan.tag,
            labels: JSON.stringify(plan.labels),
            buildargs: JSON.stringify(plan.arguments),
            forcerm: true,
            rm: true,
            abortSignal,
          } as object,
        );
        await followProgress(output as Readable, onLine);
      }),
    pull: (reference: string, onLine: ProgressListener): Promise<void> =>
      call(`pull the image ${reference}`, deadlines.build, async (abortSignal) => {
        await followProgress(
          (await docker.createImage({ fromImage: reference, abortSignal })) as Readable,
          onLine,
        );
      }),
    /** Makes an image of one layer from the tar of a root file system; `changes` are Dockerfile lines. */
    importTar: (tar: Readable, reference: string, changes: readonly string[], onLine: ProgressListener) =>
      call(`import the image ${reference}`, deadlines.build, async (abortSignal) => {
        const [repo = reference, tag = 'latest'] = splitReference(reference);
        const output = await docker.importImage(
          tar as NodeJS.ReadableStream,
          {
            repo,
            tag,
            changes: [...changes],
            abortSignal,
          } as object,
        );
        await followProgress(output as unknown as Readable, onLine);
      }),
    tag: (source: string, target: string): Promise<void> =>
      call(`name the image ${target}`, deadlines.quick, async (abortSignal) => {
        const [repo, tag] = splitReference(target);
        await docker.getImage(source).tag({ repo, tag, abortSignal });
      }),
    remove: (reference: string): Promise<boolean> =>
      callUnlessGone('remove an image', () => docker.getImage(reference).remove()),
    /** Asks the registry, through the engine, for the digest a tag stands for. Rejects when none is in reach within `ms`. */
    registryDigest: (reference: string, ms: number): Promise<string> =>
      call(`ask the registry for ${reference}`, ms, async () => {
        const answer = await docker.getImage(reference).distribution();
        return (answer as { Descriptor: { digest: string } }).Descriptor.digest;
      }),
  };

  const volumes = {
    list: (labels: Readonly<Record<string, string>>): Promise<string[]> =>
      call('list its volumes', deadlines.quick, async (abortSignal) => {
        const listed = await docker.listVolumes({ filters: labelFilter(labels), abortSignal } as object);
        return (listed.Volumes ?? []).map((volume) => volume.Name);
      }),
    remove: (name: string): Promise<boolean> =>
      callUnlessGone('remove a volume', () => docker.getVolume(name).remove()),
  };

  return {
    networks,
    containers,
    execs,
    images,
    volumes,
    /** Rejects with ENGINE_UNREACHABLE; `ms` bounds the wait. */
    version: (ms: number): Promise<EngineVersion> =>
      call('tell its version', ms, async () => engineVersion((await docker.version()) as VersionAnswer)),
    facts: (): Promise<EngineFacts> =>
      call('describe itself', deadlines.quick, async () => engineFacts((await docker.info()) as FactsAnswer)),
  };
}

function dockerodeOptions(connection: Connection): DockerodeClass.DockerOptions {
  // `host: undefined` keeps docker-modem from taking DOCKER_HOST from the environment itself.
  const neutral = {
    host: undefined,
    port: undefined,
    protocol: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  };
  switch (connection.transport) {
    case 'unix':
      return { ...neutral, socketPath: connection.socketPath };
    case 'ssh':
      return {
        ...neutral,
        protocol: 'ssh',
        host: connection.host,
        port: connection.port,
        username: connection.username,
      };
    case 'tcp':
      return {
        ...neutral,
        host: connection.host,
        port: connection.port,
        protocol: connection.tls === undefined ? 'http' : 'https',
        ...connection.tls,
      };
  }
}

async function orMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

async function followProgress(output: Readable, onLine: ProgressListener): Promise<void> {
  for await (const value of jsonLines(output)) {
    const event = value as { stream?: string; status?: string; progress?: string; error?: string };
    if (event.error !== undefined) throw new Error(event.error);
    const text = event.stream ?? (event.progress === undefined ? event.status : undefined);
    for (const line of (text ?? '').split(/\r?\n|\r/)) if (line.trim() !== '') onLine(line.trimEnd());
  }
}

/** `registry:5000/name:tag` → `[registry:5000/name, tag]`. */
function splitReference(reference: string): [repo: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return colon > reference.lastIndexOf('/')
    ? [reference.slice(0, colon), reference.slice(colon + 1)]
    : [reference, 'latest'];
}
