// One exchange over a Unix socket by the handle that node:net itself is made of: to load node:net with its streams takes longer than
// an engine's answer.
import { readSync, writeSync } from 'node:fs';
import { nodeBinding } from '../../core/node-binding.js';
import type { Exchange } from './listing.js';

/** Of Node's lib/net.js, versions 20 to 24. */
interface PipeBinding {
  Pipe: new (
    kind: number,
  ) => {
    /** -1 before it is connected. */
    readonly fd: number;
    /** What fails shows when the descriptor is used. */
    connect(request: object, path: string): unknown;
    close(): void;
  };
  PipeConnectWrap: new () => { oncomplete?: () => void };
  constants: { SOCKET: number };
}

const deadlineMs = 5_000;
/** Between two looks whether more has come. */
const pauseMs = 0.2;
const readBytes = 64 * 1024;

/** The event loop turns once before the answer is waited for, and not while it is. Undefined where Node has no such handle. */
export function blockingExchange(): Exchange | undefined {
  const { Pipe, PipeConnectWrap, constants } = nodeBinding<PipeBinding>('pipe_wrap') ?? {};
  if (Pipe === undefined || PipeConnectWrap === undefined || constants === undefined) return undefined;
  return async (socketPath, request) => {
    // node:perf_hooks is loaded by whoever asks `performance`. Of the asking: questions asked together are waited for one after another.
    const endMs = Date.now() + deadlineMs;
    const pipe = new Pipe(constants.SOCKET);
    try {
      const connecting = new PipeConnectWrap();
      connecting.oncomplete = () => {};
      pipe.connect(connecting, socketPath);
      if (writeSync(pipe.fd, request) !== Buffer.byteLength(request))
        throw new Error('the engine took a part');
      await new Promise((resolve) => setTimeout(resolve, 1));
      return readToEnd(pipe.fd, endMs);
    } finally {
      pipe.close();
    }
  };
}

function readToEnd(fd: number, endMs: number): Buffer {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.allocUnsafe(readBytes);
    const count = readNow(fd, piece);
    if (count === 0) return Buffer.concat(pieces);
    if (count !== undefined) pieces.push(piece.subarray(0, count));
    else if (Date.now() > endMs) throw new Error('the engine did not answer in time');
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
  }
}

/** Undefined when nothing is there yet. */
function readNow(fd: number, into: Buffer): number | undefined {
  try {
    return readSync(fd, into);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
