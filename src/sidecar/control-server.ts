// The control channel's two ends inside the sidecar: the Unix socket's server, and the bridge that the engine's exec runs (S9).
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { messageOf, TradeboxError } from '../core/errors.js';
import {
  type ControlReply,
  type ControlRequest,
  controlRequestSchema,
  type PolicyReply,
  type RotateReply,
  type SecretChange,
  type SidecarStatus,
} from './control.js';
import type { OrderControl } from './orders/order-control.js';

/** What the server can ask of the running sidecar. */
export interface ControlledSidecar {
  status(): SidecarStatus;
  /** @throws TradeboxError CONFIG_INVALID when the policy is refused; the old one stays. */
  loadPolicy(policy: unknown, attached: readonly string[]): PolicyReply;
  rejectPolicy(message: string): void;
  noteEvidence(cause: string, message: string): void;
  /** @throws TradeboxError CONFIG_INVALID, SECRET_INVALID; the old values stay. */
  rotate(changes: readonly SecretChange[], isReread?: boolean): RotateReply;
  /** What the operator can do about orders. */
  orders: OrderControl;
  /** Resolves once the journal is closed. */
  shutdown(reason: string): Promise<void>;
}

export interface ControlServerOptions {
  /** Socket path; its directory is made (0700) when missing. */
  path: string;
  state: ControlledSidecar;
  /** Called after the reply to a shutdown has been sent: the place to end the process. */
  onShutdownReplied?(): void;
}

/** Longest request line, in characters. */
const maxLineLength = 1024 * 1024;
const maxConnections = 16;
const idleTimeoutMs = 30_000;
/** How long the bridge waits for the last reply after its input ended. */
const bridgeDrainMs = 10_000;

/**
 * Listens on the socket, mode 0600. Requests of one connection are answered in their order, each by one line.
 * @throws TradeboxError SIDECAR_FAILED when the socket cannot be made.
 */
export async function startControlServer(options: ControlServerOptions): Promise<{ close(): Promise<void> }> {
  const connections = new Set<net.Socket>();
  // Half-open: a client may end its side and still wait for its replies.
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(idleTimeoutMs, () => socket.destroy());
    serveConnection(socket, options);
  });
  server.maxConnections = maxConnections;
  await listenPrivately(server, options.path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

async function listenPrivately(server: net.Server, socketPath: string): Promise<void> {
  try {
    fs.mkdirSync(path.dirname(socketPath), { recursive: true, mode: 0o700 });
    // A socket that a killed process left behind would keep the path taken.
    if (fs.lstatSync(socketPath, { throwIfNoEntry: false })?.isSocket()) fs.unlinkSync(socketPath);
    server.listen(socketPath);
    await new Promise<void>((resolve, reject) => {
      server.once('listening', resolve);
      server.once('error', reject);
    });
    fs.chmodSync(socketPath, 0o600);
  } catch (error) {
    const message = `The control socket ${socketPath} cannot be made: ${messageOf(error)}.`;
    throw new TradeboxError('SIDECAR_FAILED', message, { cause: error });
  }
  server.on('error', () => {});
}

function serveConnection(socket: net.Socket, options: ControlServerOptions): void {
  let pending = '';
  let previous = Promise.resolve();
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > maxLineLength || lines.some((line) => line.length > maxLineLength)) {
      void send(socket, { ok: false, code: 'USAGE', message: 'The request line is too long.' });
      socket.destroySoon();
      return;
    }
    for (const line of lines) previous = previous.then(() => serveLine(line, socket, options));
  });
  socket.on('end', () => {
    previous = previous.then(() => void socket.end());
  });
}

async function serveLine(line: string, socket: net.Socket, options: ControlServerOptions): Promise<void> {
  const request = parseRequest(line);
  if (request === undefined) {
    await send(socket, {
      ok: false,
      code: 'USAGE',
      message: 'The request is not one of the control protocol.',
    });
    return;
  }
  let reply: ControlReply;
  try {
    reply = { ok: true, result: await perform(request, options.state) };
  } catch (error) {
    const code = error instanceof TradeboxError ? error.code : 'FAULT';
    reply = { ok: false, code, message: messageOf(error) };
  }
  await send(socket, reply);
  if (request.op === 'shutdown') options.onShutdownReplied?.();
}

async function perform(request: ControlRequest, state: ControlledSidecar): Promise<unknown> {
  switch (request.op) {
    case 'status':
      return state.status();
    case 'policy':
      return state.loadPolicy(request.policy, request.attached);
    case 'policy-problem':
      state.rejectPolicy(request.message);
      return {};
    case 'evidence':
      state.noteEvidence(request.cause, request.message);
      return {};
    case 'guardrails':
      return state.orders.loadGuardrails(request);
    case 'guardrails-problem':
      state.orders.rejectGuardrails(request.message);
      return {};
    case 'rotate':
      return state.rotate(request.changes, request.isReread);
    case 'orders':
      return state.orders.list(request.limit);
    case 'approve':
      return state.orders.approve(request.order, request.fingerprint, request.approver, request.signed);
    case 'reject':
      return state.orders.reject(request.order, request.approver, request.message);
    case 'kill':
      return { reports: await state.orders.kill(request) };
    case 'resume':
      return state.orders.resume(request.by, request.seen);
    case 'keys':
      return { keys: await state.orders.keys() };
    case 'shutdown':
      await state.shutdown(request.reason);
      return {};
  }
}

function parseRequest(line: string): ControlRequest | undefined {
  try {
    return controlRequestSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Resolves once the reply left this process, or its reader is gone. */
function send(socket: net.Socket, reply: ControlReply): Promise<void> {
  return new Promise((resolve) => {
    socket.write(`${JSON.stringify(reply)}\n`, () => resolve());
  });
}

/**
 * Connects a pair of streams with the control socket: what `node sidecar.cjs control` does in an exec.
 * Resolves with the exit code once the server closed the connection, or the input ended and its replies are out:
 * 0, or 70 after one `{"ok":false}` line when there is no server.
 */
export function runControlBridge(stdin: Readable, stdout: Writable, socketPath: string): Promise<number> {
  return new Promise((resolve) => {
    let isOver = false;
    const socket = net.connect(socketPath);
    const finish = (code: number): void => {
      if (isOver) return;
      isOver = true;
      socket.destroy();
      // Left alone, an open input would keep the process alive.
      stdin.unpipe(socket);
      stdin.pause();
      // The empty write comes out after all before it.
      stdout.write('', () => resolve(code));
    };
    socket.on('error', (error) => {
      if (isOver) return;
      const reply = {
        ok: false,
        code: 'SIDECAR_FAILED',
        message: `The control socket does not answer: ${messageOf(error)}.`,
      };
      stdout.write(`${JSON.stringify(reply)}\n`);
      finish(70);
    });
    socket.on('close', () => finish(0));
    stdin.on('error', () => finish(70));
    stdout.on('error', () => finish(70));
    stdin.on('end', () => socket.setTimeout(bridgeDrainMs, () => finish(0)));
    stdin.pipe(socket);
    socket.pipe(stdout, { end: false });
  });
}
