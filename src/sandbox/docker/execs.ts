// Further processes in running containers.
import type { Duplex } from 'node:stream';
import { type Client, deadlines } from '../docker-api.js';
import type { ExecPlan, TerminalSize } from './shapes.js';
import type { AttachedStream } from './streams.js';

export function execsOf({ docker, call }: Client) {
  return {
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
          ...(plan.isPrivileged === true ? { Privileged: true } : {}),
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
}
