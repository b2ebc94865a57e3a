// The rim of the paper exchange: a TLS server on loopback inside the sidecar, which upstream connections are led to with --paper.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { type HeaderList, type HttpAnswer, type HttpRequest, jsonAnswer } from '../core/http.js';
import type { PaperExchange } from './exchange.js';
import { placeOf, serveSockets } from './sockets.js';

/** OKX takes less; the sidecar never sends more. */
const mostBodyBytes = 1_048_576;
const requestTimeoutMs = 30_000;

export interface PaperServer {
  port: number;
  /** Resolves when the port is free and every connection is gone. */
  close(): Promise<void>;
}

/** An answer, and how often it goes out: a venue with a fault may acknowledge twice. */
export type ServedAnswer = HttpAnswer & { times?: number };

/** What is served; an exchange without `openSocket` declines every upgrade. */
export type Served = { handle(request: HttpRequest): ServedAnswer | Promise<ServedAnswer> } & Partial<
  Pick<PaperExchange, 'openSocket'>
>;

/** Listens on 127.0.0.1 at a free port. Each request's Host header says which venue is meant. Rejects when it cannot listen. */
export function startPaperServer(options: {
  exchange: Served;
  /** PEM of a throwaway key and of a certificate for the venues' hosts. */
  tls: { key: string; cert: string };
}): Promise<PaperServer> {
  const { exchange, tls } = options;
  // An order by REST is news to those who listen.
  const listeners = serveSockets(exchange);
  const server = createServer(
    { ...tls, ca: [], minVersion: 'TLSv1.2', requestTimeout: requestTimeoutMs }, // `ca`: as in sidecar/echo.ts
    (incoming, outgoing) => {
      answer(incoming, exchange).then(
        (given) => {
          send(outgoing, given);
          if (incoming.method !== 'GET') listeners.tellAll();
        },
        // The client is gone, or sent what is no request: there is nobody to tell.
        () => outgoing.destroy(),
      );
    },
  );
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) =>
    listeners.accept(incoming, socket, head),
  );
  // A handshake that fails is the client's affair.
  server.on('tlsClientError', () => undefined);
  // Sockets in mid-handshake belong to no request yet, so Node's closeAllConnections does not know them.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({
        port,
        close: () =>
          new Promise((closed) => {
            listeners.close();
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

async function answer(incoming: IncomingMessage, exchange: Served): Promise<ServedAnswer> {
  const body = await readBody(incoming);
  return body === undefined
    ? jsonAnswer(413, { code: '413', msg: 'Request entity too large' })
    : exchange.handle(toRequest(incoming, body));
}

/** Undefined when the body is larger than any that the venues take. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBodyBytes) chunks.push(chunk);
  }
  return size > mostBodyBytes ? undefined : Buffer.concat(chunks);
}

function toRequest(incoming: IncomingMessage, body: Buffer): HttpRequest {
  const [, port] = (incoming.headers.host ?? '').split(':');
  return {
    method: incoming.method ?? '',
    ...placeOf(incoming),
    port: port === undefined ? 443 : Number(port),
    headers: pairs(incoming.rawHeaders),
    body,
  };
}

function pairs(raw: readonly string[]): HeaderList {
  const list: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) list.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return list;
}

function send(outgoing: ServerResponse, { status, headers, body, times = 1 }: ServedAnswer): void {
  const { socket } = outgoing;
  const fields = [...headers, ['content-length', String(body.length)] as const];
  outgoing.writeHead(status, fields.flat());
  outgoing.end(body, () => {
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    for (let more = 1; more < times; more += 1) {
      socket?.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} \r\n${head}\r\n`, 'latin1'), body]));
    }
  });
}
