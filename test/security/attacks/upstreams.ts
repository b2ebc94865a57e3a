// The attacker's and the victim's servers on this host: a listener for anything, TLS hosts that keep what they were sent, and a
// proxy that is as careless as many are.
import { createSocket, type Socket as Datagram } from 'node:dgram';
import { createServer as createTls, type Server as TlsServer } from 'node:https';
import net from 'node:net';
import type { TLSSocket } from 'node:tls';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { makeCertificate, makeSelfSigned } from '../../support/throwaway-ca.js';
import { zstdFrame } from '../../support/zstd-frame.js';

/** One request as a TLS host saw it, as text, its body decompressed. */
export interface SeenRequest {
  host: string;
  servername: string;
  text: string;
  body: Buffer;
}

export interface Upstreams {
  /** TCP and UDP: answers `host` to anything. */
  tcpPort: number;
  udpPort: number;
  /** TLS for the test hosts. */
  tlsPort: number;
  /** A CONNECT proxy that judges the target's text alone, then passes bytes. */
  proxyPort: number;
  ca: string;
  /** The same TLS hosts under a certificate of its own: a venue's gateway, as a user may run one. */
  gateway: { port: number; certificate: string };
  requests: SeenRequest[];
  /** Everything the listener was sent. */
  heard(): string;
  close(): Promise<void>;
}

/** Hosts whose certificate is good; any other name gets the same, which does not fit it. */
export const testHosts = [
  'mirror.desk.test',
  'other.desk.test',
  'llm.desk.test',
  'a.wild.desk.test',
  'rebind.desk.test',
];

export async function startUpstreams(reflected: () => string): Promise<Upstreams> {
  const heard: string[] = [];
  const requests: SeenRequest[] = [];
  const open = new Set<net.Socket>();
  const keep = (socket: net.Socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  };
  const listener = net.createServer((socket) => {
    keep(socket);
    socket.on('data', (chunk) => {
      heard.push(chunk.toString('latin1'));
      socket.end('host');
    });
    setTimeout(() => socket.end('host'), 500).unref();
  });
  const datagrams = createSocket('udp4');
  datagrams.on('message', (message, sender) => {
    heard.push(message.toString('latin1'));
    datagrams.send(message, sender.port, sender.address);
  });
  const certificate = makeCertificate(testHosts);
  const hosts = startTls(certificate, requests, reflected);
  hosts.on('connection', keep);
  const own = makeSelfSigned('localhost');
  const gateway = startTls({ key: own.key, cert: own.cert }, requests, reflected);
  gateway.on('connection', keep);
  const proxy = net.createServer((socket) => {
    keep(socket);
    socket.once('data', (chunk) => carelessConnect(socket, chunk, address(hosts)));
  });
  for (const server of [listener, hosts, gateway, proxy]) {
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', () => resolve()));
  }
  await new Promise<void>((resolve) => datagrams.bind(0, '0.0.0.0', resolve));
  return {
    tcpPort: address(listener),
    udpPort: (datagrams as Datagram).address().port,
    tlsPort: address(hosts),
    proxyPort: address(proxy),
    ca: certificate.ca,
    gateway: { port: address(gateway), certificate: own.cert },
    requests,
    heard: () => heard.join('\n'),
    async close() {
      for (const socket of open) socket.destroy();
      datagrams.close();
      await Promise.all(
        [listener, hosts, gateway, proxy].map((server) => new Promise((resolve) => server.close(resolve))),
      );
    },
  };
}

const address = (server: net.Server | TlsServer) => (server.address() as net.AddressInfo).port;

function startTls(
  certificate: { key: string; cert: string },
  requests: SeenRequest[],
  reflected: () => string,
): TlsServer {
  // Lenient on purpose: it reads what a careless upstream would read.
  const options = { key: certificate.key, cert: certificate.cert, insecureHTTPParser: true };
  const server = createTls(options, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers['content-encoding']?.includes('gzip') === true ? gunzipSync(raw) : raw;
      const head = request.rawHeaders.join('\n');
      requests.push({
        host: request.headers.host ?? '',
        servername: (request.socket as TLSSocket).servername || '',
        text: `${request.method} ${request.url}\n${head}\n\n${body.toString('latin1')}`,
        body,
      });
      const url = new URL(request.url ?? '/', 'https://host.test');
      const value = reflected();
      const text = reflections(value).join('\n');
      switch (url.pathname) {
        case '/redirect':
          response.writeHead(302, { location: url.searchParams.get('to') ?? '' }).end();
          return;
        case '/token':
          response.end(JSON.stringify({ result: { token: `session-${value}` } }));
          return;
        case '/mirror/plain':
          response.end(text);
          return;
        case '/mirror/error':
          response.writeHead(500).end(text);
          return;
        case '/mirror/header':
          response
            .writeHead(200, { 'x-echo': value, location: `https://other.desk.test/?k=${value}` })
            .end('ok');
          return;
        case '/mirror/gzip':
          response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text));
          return;
        case '/mirror/coded-twice':
          response.setHeader('content-encoding', ['identity', 'gzip']);
          response.end(gzipSync(text));
          return;
        case '/mirror/parts': {
          const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
          const end = to ? Number(to) + 1 : value.length;
          response.writeHead(from === undefined ? 200 : 206).end(value.slice(Number(from ?? 0), end));
          return;
        }
        case '/mirror/br':
          response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(text));
          return;
        case '/mirror/zstd':
          response.writeHead(200, { 'content-encoding': 'zstd' }).end(zstdFrame(Buffer.from(text)));
          return;
        case '/mirror/split': {
          const bytes = Buffer.from(text);
          for (let at = 0; at < bytes.length; at += 3) response.write(bytes.subarray(at, at + 3));
          response.end();
          return;
        }
        default:
          response.end(JSON.stringify({ ok: true, from: request.headers.host }));
      }
    });
  });
  serveSockets(server, requests, reflected);
  return server;
}

/** WebSockets that take whatever a careless server takes, compression included: what they were told is kept as one request. */
function serveSockets(server: TlsServer, requests: SeenRequest[], reflected: () => string): void {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 0 } });
  server.on('upgrade', (request, socket, head) => {
    const value = reflected();
    if (request.url === '/mirror/declined') {
      socket.end(
        `HTTP/1.1 403 ${value}\r\nx-echo: ${value}\r\ncontent-length: ${value.length}\r\n\r\n${value}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (peer) => {
      const seen: SeenRequest = {
        host: request.headers.host ?? '',
        servername: '',
        text: `${request.method} ${request.url}\n${request.rawHeaders.join('\n')}\n\n`,
        body: Buffer.alloc(0),
      };
      requests.push(seen);
      const keep = (data: unknown) => {
        seen.text += String(data);
      };
      peer.on('error', () => {});
      peer.on('ping', keep);
      peer.on('pong', keep);
      peer.on('close', (_code, reason) => keep(reason));
      if (request.url !== '/mirror/socket') {
        peer.on('message', (data) => {
          keep(data);
          peer.send('taken');
        });
        return;
      }
      const text = reflections(value).join('\n');
      peer.send(text);
      peer.send(Buffer.from(text));
      for (let at = 0; at < value.length; at += 3)
        peer.send(value.slice(at, at + 3), { fin: at + 3 >= value.length, compress: false });
      peer.ping(value);
      peer.pong(value);
      peer.close(3000, value);
    });
  });
}

/** The secret as an upstream may give it back: in plain text, and encoded together with what stands around it. */
function reflections(value: string): string[] {
  const around = ['', 'a', 'ab', '{"key":"', 'Bearer '].map((before) => `${before}${value}"}`);
  return [
    value,
    JSON.stringify({ key: value }),
    encodeURIComponent(value),
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
    ...around.map((text) => Buffer.from(text).toString('base64')),
    ...around.map((text) => Buffer.from(text).toString('base64url')),
    ...around.map((text) => Buffer.from(text).toString('hex').toUpperCase()),
  ];
}

/** Lets a target through whose text ends in an allowed name or is an address, looks at nothing inside the tunnel. */
function carelessConnect(socket: net.Socket, chunk: Buffer, tlsPort: number): void {
  const target = /^CONNECT (\S+) /.exec(chunk.toString('latin1'))?.[1] ?? '';
  const [, host = '', port = '443'] = /^(?:[^@]*@)?\[?(.*?)\]?(?::(\d+))?$/.exec(target) ?? [];
  const isTestHost = host.replace(/\.$/, '').toLowerCase().endsWith('desk.test');
  const upstream = isTestHost
    ? net.connect(tlsPort, '127.0.0.1')
    : net.connect({ host: host.replace(/^::ffff:/i, ''), port: Number(port) });
  upstream.on('error', () => socket.destroy());
  upstream.on('connect', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
}
