// The box's only name server: UDP and TCP on the inside address, answering from the policy alone.
import dgram from 'node:dgram';
import net from 'node:net';
import { messageOf, TradeboxError } from '../core/errors.js';
import { answerQuery, maxQueryBytes } from './dns-answer.js';

export interface DnsOptions {
  /** IPv4 address to listen on, and the answer for every allowed name. */
  address: string;
  /** 0 takes a free one. */
  port: number;
  /** Asked with a lower-case name without its final dot. */
  isAllowed(name: string): boolean;
  /** Told each question for a denied name; keeping its rate down is the caller's. */
  onDenied(name: string, type: string): void;
}

export interface DnsServer {
  port: number;
  close(): Promise<void>;
}

const maxConnections = 32;
const idleTimeoutMs = 5_000;
/** A connection ends after this, busy or not. */
const lifetimeMs = 60_000;
/** A client that does not read its answers is dropped at this many unsent bytes. */
const maxUnsentBytes = 64 * 1024;
/** Free UDP ports whose TCP twin is taken are given back and tried again this often. */
const maxPortAttempts = 10;

/** @throws TradeboxError SIDECAR_FAILED when the port cannot be bound. */
export async function startDns(options: DnsOptions): Promise<DnsServer> {
  for (let attempt = 1; ; attempt++) {
    const udp = await bindUdp(options);
    const { port } = udp.address();
    try {
      const tcp = await listenTcp(options, port);
      return { port, close: async () => void (await Promise.all([closeUdp(udp), tcp.close()])) };
    } catch (error) {
      await closeUdp(udp);
      if (options.port !== 0 || attempt === maxPortAttempts) throw cannotListen('TCP', options, error);
    }
  }
}

function reply(query: Buffer, options: DnsOptions): Buffer | undefined {
  try {
    const { message, denied } = answerQuery(query, options);
    if (denied !== undefined) options.onDenied(denied.name, denied.type);
    return message;
  } catch {
    // S11: a policy or journal that fails answers nothing; its own failure is kept and told elsewhere.
    return undefined;
  }
}

async function bindUdp(options: DnsOptions): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, sender) => {
    const message = reply(query, options);
    // A datagram may get lost anyway: the client asks again.
    if (message !== undefined) socket.send(message, sender.port, sender.address, () => {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (error) => reject(cannotListen('UDP', options, error)));
    socket.bind(options.port, options.address, resolve);
  });
  socket.removeAllListeners('error');
  socket.on('error', () => {});
  return socket;
}

function closeUdp(socket: dgram.Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}

async function listenTcp(options: DnsOptions, port: number): Promise<{ close(): Promise<void> }> {
  const connections = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    connections.add(socket);
    const lifetime = setTimeout(() => socket.destroy(), lifetimeMs);
    socket.setTimeout(idleTimeoutMs, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(lifetime);
      connections.delete(socket);
    });
    serveConnection(socket, options);
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, options.address, resolve);
  });
  server.removeAllListeners('error');
  server.on('error', () => {});
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of connections) socket.destroy();
      }),
  };
}

/** RFC 1035 4.2.2, RFC 7766: each message follows its length in two octets; several may come on one connection. */
function serveConnection(socket: net.Socket, options: DnsOptions): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0);
      if (length > maxQueryBytes) return void socket.destroy();
      if (pending.length < 2 + length) return;
      const message = reply(pending.subarray(2, 2 + length), options);
      pending = pending.subarray(2 + length);
      if (message === undefined) return void socket.destroy();
      socket.write(framed(message));
      if (socket.writableLength > maxUnsentBytes) return void socket.destroy();
    }
  });
}

function framed(message: Buffer): Buffer {
  const frame = Buffer.alloc(2 + message.length);
  frame.writeUInt16BE(message.length, 0);
  message.copy(frame, 2);
  return frame;
}

function cannotListen(transport: string, options: DnsOptions, error: unknown): TradeboxError {
  const place = `${transport} ${options.address}:${options.port}`;
  return new TradeboxError(
    'SIDECAR_FAILED',
    `The name server cannot listen on ${place}: ${messageOf(error)}.`,
    {
      cause: error,
    },
  );
}
