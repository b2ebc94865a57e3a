// Containers of the engine.
import { type Duplex, Readable } from 'node:stream';
import { type Client, deadlines, labelFilter, orMissing } from '../docker-api.js';
import { containerState, containerSummary, fileChanges } from './answers.js';
import { createBody } from './body.js';
import { engineMessage, toTradeboxError } from './errors.js';
import { asPodmanTakesIt } from './podman.js';
import type {
  ContainerPlan,
  ContainerState,
  ContainerSummary,
  EngineFacts,
  FileChange,
  TerminalSize,
} from './shapes.js';
import type { AttachedStream } from './streams.js';

/** `isPodman` is asked at each creation: the engine has told its version by then. */
export function containersOf(
  { docker, call, callUnlessGone }: Client,
  isPodman = () => false,
  /** AppArmor's, on the engine's machine. */
  ownProfile: () => string | undefined = () => undefined,
  facts: () => Promise<Pick<EngineFacts, 'cgroupVersion' | 'isRootless'>> = async () => unknownFacts,
) {
  return {
    create: async (wish: ContainerPlan): Promise<string> => {
      const plan = shunsSwap(wish, await facts()) ? { ...wish, shunsSwap: true } : wish;
      return call(`create the container ${plan.name}`, deadlines.slow, async (abortSignal) => {
        const create = async (asked: ContainerPlan) =>
          (await docker.createContainer({ ...createBody(asked), abortSignal })).id;
        if (isPodman()) return asPodmanTakesIt(plan, create);
        const appArmor = ownProfile();
        return create(appArmor === undefined ? plan : { ...plan, appArmor });
      });
    },
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
        try {
          await docker.getContainer(id).stop({ t: graceSeconds, abortSignal });
        } catch (thrown) {
          // 304: it had ended by itself in the meantime, which is what was wanted.
          if (!/already stopped/i.test(engineMessage(thrown))) throw thrown;
        }
      }),
    /** Stops its processes where they are; one that has ended, or stands still already, is no error. */
    pause: (id: string): Promise<boolean> =>
      callUnlessGone('pause a container', async (abortSignal) => {
        try {
          await docker.getContainer(id).pause({ abortSignal });
        } catch (thrown) {
          if (!/is not running|is already paused/i.test(engineMessage(thrown))) throw thrown;
        }
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
        const asked = { stdin: options.hasStdin, logs: options.replay === true };
        const socket = await attachWithoutBody(docker, id, asked, abortSignal);
        return { socket, isFramed: options.isFramed };
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
}

const unknownFacts = { cgroupVersion: '2', isRootless: false };

/**
 * S2: on cgroup v2 a limit of swap that equals the one of memory is a swap of zero. On v1 that limit counts both together, and pages
 * go to swap as readily as the machine's (kernel, cgroup-v1/memory.rst, 5.3: of a group with 0 none do while the group is short of
 * memory). Without root no group of v1 is ours.
 */
function shunsSwap(
  { runtime }: ContainerPlan,
  { cgroupVersion, isRootless }: Pick<EngineFacts, 'cgroupVersion' | 'isRootless'>,
): boolean {
  return runtime === undefined && cgroupVersion === '1' && !isRootless;
}

/** Dockerode's own call also sends its options as a body, which Podman hands to the process as its first input. */
function attachWithoutBody(
  docker: Client['docker'],
  id: string,
  asked: { stdin: boolean; logs: boolean },
  abortSignal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${id}/attach?`,
        method: 'POST',
        isStream: true,
        hijack: true,
        openStdin: asked.stdin,
        file: Buffer.alloc(0),
        statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
        options: { stream: true, stdout: true, stderr: true, ...asked },
        abortSignal,
      },
      (error: unknown, socket: unknown) => {
        if (error === null || error === undefined) resolve(socket as Duplex);
        else reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
