// A box before one scriptable WebSocket upstream, with clients on both ways in: what the WebSocket relay is attacked through.
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { systemClock } from '../../src/core/clock.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import type { StartOptions } from '../../src/sidecar/start.js';
import { okx } from '../../src/venues/okx/okx.js';
import { host, listedInstruments, llmHost, plainCredentials } from './relay-box.js';
import { rule, type SettingsPatch, startTestBox, type TestBox } from './sidecar-box.js';
import { makeDecoys } from './venue-requests.js';

export const okxReal = makeDecoys(okx);
export const okxDecoys = makeDecoys(okx);
export const demoSocket = 'wspap.okx.com';
export const liveSocket = 'ws.okx.com';

export interface SocketUpstream {
  port: number;
  ca: string;
  /** Every socket opened so far. */
  peers: WebSocket[];
  /** Heads of the upgrades, as name to value. */
  heads: { url: string; headers: Record<string, string | string[] | undefined> }[];
  /** Every text or binary message received, as text. */
  received: string[];
  close(): Promise<void>;
}

/** A WebSocket server behind TLS; `serve` is called for each connection. By default it sends every message back. */
export async function startSocketUpstream(
  serve: (peer: WebSocket) => void = (peer) =>
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary })),
  options: { perMessageDeflate?: boolean; status?: number; answer?: (url: string) => string } = {},
): Promise<SocketUpstream> {
  const authority = createAuthority({ clock: systemClock });
  const server = https.createServer({ ...authority.leafFor(host) }, (request, response) =>
    response.end(options.answer?.(request.url ?? '') ?? listedInstruments),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: options.perMessageDeflate ?? true,
  });
  const upstream: SocketUpstream = {
    port: 0,
    ca: authority.caPem,
    peers: [],
    heads: [],
    received: [],
    close: () =>
      new Promise((resolve) => {
        for (const peer of upstream.peers) peer.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  server.on('upgrade', (request, socket, head) => {
    upstream.heads.push({ url: request.url ?? '', headers: request.headers });
    if (options.status !== undefined) {
      socket.end(`HTTP/1.1 ${options.status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (peer) => {
      upstream.peers.push(peer);
      peer.on('error', () => {});
      peer.on('message', (data) => upstream.received.push(String(data)));
      serve(peer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  upstream.port = (server.address() as net.AddressInfo).port;
  return upstream;
}

const open: (() => Promise<void> | void)[] = [];

/** Ends what `setUpSockets` and the clients started; for afterEach. */
export async function closeSockets(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

export async function setUpSockets(
  serve?: (peer: WebSocket) => void,
  options: Partial<StartOptions> = {},
  patch: SettingsPatch = {},
  upstreamOptions: Parameters<typeof startSocketUpstream>[1] = {},
): Promise<{ box: TestBox; upstream: SocketUpstream }> {
  const upstream = await startSocketUpstream(serve, upstreamOptions);
  open.push(() => upstream.close());
  const place = { address: '127.0.0.1', port: upstream.port, ca: upstream.ca, servername: host };
  const box = await startTestBox(
    ({ tls: port }) => ({
      policy: {
        rules: [
          rule(host, port, { paths: ['/v1/**'] }),
          rule(llmHost, port),
          rule(demoSocket, port, { venue: 'okx' }),
          rule(liveSocket, port, { venue: 'okx' }),
        ],
      },
      credentials: [
        ...plainCredentials,
        {
          kind: 'venue',
          id: 'okx-demo',
          venue: 'okx',
          environment: 'demo',
          secrets: okxReal,
          decoys: okxDecoys,
        },
      ],
      ...patch,
    }),
    {
      routes: [host, llmHost, demoSocket, liveSocket, 'www.okx.com'].map((name) => ({
        host: name,
        ...place,
      })),
      watchIntervalMs: 20,
      ...options,
    },
  );
  open.push(() => box.stop());
  return { box, upstream };
}

export interface SocketClient {
  peer: WebSocket;
  /** Messages received, as text. */
  received: string[];
  /** Resolves with the next message that holds `text`, also one that came before. */
  until(text: string): Promise<string>;
  /** Resolves with code and reason. */
  closed: Promise<{ code: number; reason: string }>;
}

/** Opens a WebSocket through the box; rejects when the upgrade is refused, with the status in the message. */
export async function openSocket(
  box: TestBox,
  name: string,
  path: string,
  more: ClientOptions & { protocols?: string[]; viaConnect?: boolean } = {},
): Promise<SocketClient> {
  const { protocols, viaConnect, ...options } = more;
  const secure = { servername: name, ca: box.sidecar.caPem };
  const tunnel = viaConnect === true ? await connectThrough(box, name) : undefined;
  const peer = new WebSocket(`wss://127.0.0.1:${box.tlsPort}${path}`, protocols ?? [], {
    ...secure,
    ...options,
    headers: { host: `${name}:${box.tlsPort}`, ...options.headers },
    ...(tunnel === undefined
      ? {}
      : { createConnection: () => tls.connect({ socket: tunnel, ALPNProtocols: ['http/1.1'], ...secure }) }),
  });
  open.push(() => peer.terminate());
  return listenTo(peer);
}

/** Resolves when the socket is open. */
export async function listenTo(peer: WebSocket): Promise<SocketClient> {
  const received: string[] = [];
  let check = (): void => {};
  peer.on('message', (data) => {
    received.push(String(data));
    check();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    peer.on('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      check();
    });
  });
  await new Promise<void>((resolve, reject) => {
    peer.once('open', resolve);
    peer.once('error', reject);
  });
  peer.on('error', () => {});
  const until = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const previous = check;
      check = () => {
        previous();
        const found = received.find((one) => one.includes(text));
        if (found !== undefined) resolve(found);
        else if (peer.readyState === WebSocket.CLOSED)
          reject(new Error(`closed before ${text}: ${received}`));
      };
      check();
    });
  return { peer, received, until, closed };
}

function connectThrough(box: TestBox, name: string): Promise<net.Socket> {
  const socket = net.connect(box.connectPort, '127.0.0.1');
  socket.write(`CONNECT ${name}:${box.tlsPort} HTTP/1.1\r\nHost: ${name}:${box.tlsPort}\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.once('data', (chunk) => {
      if (/^HTTP\/1\.1 200/.test(chunk.toString('latin1'))) resolve(socket);
      else reject(new Error(chunk.toString('latin1')));
    });
  });
}

export const messagesOf = (box: TestBox) => box.events().filter((event) => event.type === 'socket.message');
export const closedOf = (box: TestBox) => box.events().filter((event) => event.type === 'socket.closed');
