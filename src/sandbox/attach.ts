// Connects the caller's terminal or pipes to a process in a container: raw mode, resize, signals, detaching, exit code.
import type { Readable, Writable } from 'node:stream';
import { DeadlinePassed, withDeadline } from './docker/errors.js';
import type { TerminalSize } from './docker/shapes.js';
import { type AttachedStream, copyOutput, splitOutput } from './docker/streams.js';
import type { Engine } from './engine.js';

/** The caller's side. */
export interface BoxStreams {
  stdin: (Readable & { isTTY?: boolean; isRaw?: boolean; setRawMode?(mode: boolean): unknown }) | undefined;
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable;
  /** Called with a handler for signals meant for the agent; returns how to stop listening. Without it none is passed on. */
  onSignal?(forward: (signal: NodeJS.Signals) => void): () => void;
}

/**
 * `detached`: the user pressed ctrl-p ctrl-q, or the caller's side went away, and the process goes on. `removed`: the container is
 * gone, and with it how its process ended.
 */
export type AttachOutcome = { kind: 'exited'; exitCode: number } | { kind: 'detached' } | { kind: 'removed' };

/** The engine ends a process's output before it notes the process's end, milliseconds at most. */
const endDeadlineMs = 5_000;

/** Attaches to the main process of a container; `held` is a stream opened before its start. */
export async function attachTo(
  engine: Engine,
  containerId: string,
  streams: BoxStreams,
  held?: AttachedStream,
): Promise<AttachOutcome> {
  const { containers } = engine.api;
  const stream = held ?? (await openStream(engine, containerId));
  const stopSignals = streams.onSignal?.((signal) => {
    containers.kill(containerId, signal).catch(() => {}); // it has just ended: its exit code tells
  });
  const detaching =
    streams.stdin === undefined || stream.isFramed ? undefined : watchDetachKeys(streams.stdin);
  try {
    await pump(stream, streams, (size) => containers.resize(containerId, size));
  } finally {
    stopSignals?.();
    detaching?.stop();
  }
  const state = await containers.inspect(containerId);
  const isRunning = state?.status === 'running' || state?.status === 'paused';
  if (state === undefined) return { kind: 'removed' };
  if (isRunning && detaching?.isPressed() === true) return { kind: 'detached' };
  try {
    return {
      kind: 'exited',
      exitCode: await withDeadline(endDeadlineMs, () => containers.wait(containerId)),
    };
  } catch (thrown) {
    if (thrown instanceof DeadlinePassed) return { kind: 'detached' };
    if ((await containers.inspect(containerId)) === undefined) return { kind: 'removed' };
    throw thrown;
  }
}

/** The engine's own keys to leave a terminal: ctrl-p ctrl-q (Docker Engine API, "Attach to a container", `detachKeys`). */
const detachKeys = '\x10\x11';

/** Whether the last keys were those that leave: an output that ends then is no end of the process. */
function watchDetachKeys(stdin: Readable): { isPressed(): boolean; stop(): void } {
  let last = '';
  const watch = (chunk: Buffer | string) => {
    last = (last + String(chunk)).slice(-detachKeys.length);
  };
  stdin.on('data', watch);
  return { isPressed: () => last === detachKeys, stop: () => stdin.off('data', watch) };
}

async function openStream(engine: Engine, containerId: string): Promise<AttachedStream> {
  const state = await engine.api.containers.inspect(containerId);
  return engine.api.containers.attach(containerId, {
    hasStdin: state?.hasStdin ?? false,
    isFramed: !(state?.hasTerminal ?? false),
  });
}

/**
 * Moves bytes both ways until the process's output ends. A terminal is put into raw mode (keys go to the process, not to
 * our terminal's line discipline) and given back as it was.
 */
export async function pump(
  stream: AttachedStream,
  streams: BoxStreams,
  resize: (size: TerminalSize) => Promise<void>,
): Promise<void> {
  const { stdin, stdout, stderr } = streams;
  const { socket, isFramed } = stream;
  const hasTerminal = !isFramed;
  const cleanUps: (() => void)[] = [];

  if (hasTerminal && stdout.isTTY === true) {
    const fitTerminal = () => {
      if (stdout.columns !== undefined && stdout.rows !== undefined) {
        resize({ columns: stdout.columns, rows: stdout.rows }).catch(() => {}); // it has just ended
      }
    };
    fitTerminal();
    stdout.on('resize', fitTerminal);
    cleanUps.push(() => stdout.off('resize', fitTerminal));
  }
  if (stdin !== undefined) {
    if (hasTerminal && stdin.isTTY === true && stdin.setRawMode !== undefined) {
      const wasRaw = stdin.isRaw === true;
      stdin.setRawMode(true);
      cleanUps.push(() => stdin.setRawMode?.(wasRaw));
    }
    const ignore = () => {}; // a process that ended while we wrote; the output's end tells
    socket.on('error', ignore);
    stdin.pipe(socket, { end: true });
    cleanUps.push(() => {
      stdin.unpipe(socket);
      stdin.pause();
    });
  }
  try {
    await (isFramed ? splitOutput(socket, stdout, stderr) : copyOutput(socket, stdout));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ECONNRESET') throw thrown; // the engine went away: the state tells
  } finally {
    for (const cleanUp of cleanUps) cleanUp();
    socket.destroy();
  }
}
