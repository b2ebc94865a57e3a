// Runs a second command in a running box, as the agent's user and behind the same walls.
import { type Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { messageOf, TradeboxError } from '../core/errors.js';
import type { IsolationId } from '../core/isolation.js';
import { type BoxStreams, pump } from './attach.js';
import { containersOf } from './boxes.js';
import { DeadlinePassed, withDeadline } from './docker/errors.js';
import type { ContainerSummary, ExecPlan } from './docker/shapes.js';
import { splitOutput } from './docker/streams.js';
import type { Engine } from './engine.js';
import { underFilter } from './isolation/exec-filter.js';
import { execPlanAt, isolationOf } from './isolation/level-of.js';
import { unknownBox } from './names.js';

export interface ExecOptions {
  hasTerminal: boolean;
  streams: BoxStreams;
  workingDir?: string;
  environment?: Readonly<Record<string, string>>;
}

/** The command's exit code. Throws BOX_UNKNOWN, BOX_NOT_RUNNING. */
export async function execInBox(
  engine: Engine,
  name: string,
  argv: readonly string[],
  options: ExecOptions,
): Promise<number> {
  const [agent] = await runningStates(engine, name, 'agent');
  const isolation = isolationOf(agent.labels);
  const plan: ExecPlan = {
    argv: isolation === 'gvisor' ? underFilter(argv) : argv,
    hasTerminal: options.hasTerminal,
    hasStdin: options.streams.stdin !== undefined,
    ...(options.workingDir === undefined ? {} : { workingDir: options.workingDir }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  };
  const { id, stream } = await engine.api.execs.start(agent.id, execPlanAt(isolation, plan));
  await pump(stream, options.streams, (size) => engine.api.execs.resize(id, size));
  return exitCodeOf(engine, id);
}

export interface Captured {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command in a container, or where its agent is at the isolation level `at`, and collects its output. Throws when it takes
 * longer than `timeoutMs`, of which a machine gets three: QEMU may translate its every instruction.
 */
export async function captureExec(
  engine: Engine,
  containerId: string,
  plan: Omit<ExecPlan, 'hasTerminal' | 'hasStdin'> & { input?: string | Buffer; at?: IsolationId },
  timeoutMs: number,
): Promise<Captured> {
  const { input, at = 'container', ...rest } = plan;
  const limitMs = at === 'vm' ? 3 * timeoutMs : timeoutMs;
  const { id, stream } = await engine.api.execs.start(
    containerId,
    execPlanAt(at, { ...rest, hasTerminal: false, hasStdin: input !== undefined }),
  );
  if (input !== undefined) stream.socket.end(input);
  try {
    const output = await withDeadline(limitMs, () => collectOutput(stream.socket));
    return { exitCode: await exitCodeOf(engine, id), ...output };
  } catch (thrown) {
    const problem =
      thrown instanceof DeadlinePassed
        ? `did not end within ${limitMs / 1000} s in the box.`
        : `was not heard to its end: ${messageOf(thrown)}`;
    throw new TradeboxError('FAULT', `${plan.argv[0]} ${problem}`, { cause: thrown });
  } finally {
    stream.socket.destroy();
  }
}

/** Both streams of framed output, whole. */
export async function collectOutput(socket: Duplex): Promise<{ stdout: string; stderr: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const split = splitOutput(socket, out, err).finally(() => {
    out.end();
    err.end();
  });
  const [stdout, stderr] = await Promise.all([text(out), text(err), split]);
  return { stdout, stderr };
}

/** Engine id of a box's running container. Throws BOX_UNKNOWN, BOX_NOT_RUNNING. */
export async function runningContainer(
  engine: Engine,
  name: string,
  role: 'agent' | 'sidecar',
): Promise<string> {
  return (await runningContainers(engine, name, role))[0];
}

/** Engine ids of a box's running containers of that role, the newest first. Throws BOX_UNKNOWN, BOX_NOT_RUNNING. */
export async function runningContainers(
  engine: Engine,
  name: string,
  role: 'agent' | 'sidecar',
): Promise<[string, ...string[]]> {
  const [newest, ...older] = await runningStates(engine, name, role);
  return [newest.id, ...older.map(({ id }) => id)];
}

async function runningStates(
  engine: Engine,
  name: string,
  role: 'agent' | 'sidecar',
): Promise<[ContainerSummary, ...ContainerSummary[]]> {
  const [state, ...others] = await containersOf(engine, name, role);
  if (state === undefined) {
    throw unknownBox(name);
  }
  if (state.status !== 'running') {
    throw new TradeboxError('BOX_NOT_RUNNING', `The ${role} of "${name}" is not running (${state.status}).`, {
      remedy: `Start a clean box with \`tradebox reset ${name}\`.`,
    });
  }
  return [state, ...others.filter(({ status }) => status === 'running')];
}

/** The output's end comes a moment before the engine has noted the code. */
async function exitCodeOf(engine: Engine, execId: string): Promise<number> {
  for (let waitMs = 2; waitMs < 5_000; waitMs *= 2) {
    const code = await engine.api.execs.exitCode(execId);
    if (code !== undefined) return code;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  throw new TradeboxError('FAULT', 'The engine never said how the command ended.');
}
