// The upstream of a soak: a TLS host that answers well, packed, slowly, halfway, brokenly or never, and serves WebSockets; another that
// speaks gRPC. Both reflect the key they were sent.
import { createHash } from 'node:crypto';
import { createSecureServer, type Http2Session } from 'node:http2';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { makeCertificate } from '../support/throwaway-ca.js';

export const soakHost = 'api.soak.test';
/** Speaks HTTP/2 alone. */
export const grpcHost = 'grpc.soak.test';
/** Allowed, and answered by the engine's name server with a private address. */
export const lyingHost = 'liar.soak.test';

/** What it tells of the key in `authorization`. */
export const reflectionOf = (authorization: string): string => `{"echo":"${authorization}"}`;

const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync };

export interface SoakUpstream {
  port: number;
  grpcPort: number;
  ca: string;
  /** What must never happen, as it was seen. */
  broken: string[];
  counts: Record<string, number>;
  close(): void;
}

/** `secret` is the only key that may arrive; anything that looks like a decoy must not. */
export async function startSoakUpstream(secret: string): Promise<SoakUpstream> {
  const certificate = makeCertificate([soakHost, grpcHost]);
  const broken: string[] = [];
  const counts: Record<string, number> = {};
  /** Looks at a head; gives what its key is reflected as. */
  const see = (path: string, authorization: string, everything: string): string => {
    counts[path] = (counts[path] ?? 0) + 1;
    if (authorization !== `Bearer ${secret}`) broken.push(`${path}: came without the real key`);
    if (/decoy-/.test(everything)) broken.push(`${path}: came with a decoy`);
    return reflectionOf(authorization);
  };
  const server: Server = createServer(
    { key: certificate.key, cert: certificate.cert },
    (request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      const everything = request.rawHeaders.join(' ') + (request.url ?? '');
      const answer = see(path, request.headers.authorization ?? '', everything);
      response.on('error', () => {});
      request.on('error', () => {});
      request.on('data', (chunk: Buffer) => {
        if (chunk.includes('decoy-')) broken.push(`${path}: a decoy came in a body`);
      });
      switch (path) {
        case '/stream': {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          let left = 20;
          const timer = setInterval(() => {
            response.write(`data: ${answer}\n\n`);
            left -= 1;
            if (left > 0 && !response.destroyed) return;
            clearInterval(timer);
            response.end();
          }, 50);
          return;
        }
        case '/big':
          for (let piece = 0; piece < 32; piece += 1) response.write(Buffer.alloc(32_768, 'x'));
          response.end(answer);
          return;
        case '/packed': {
          const coding = request.url?.endsWith('?br')
            ? 'br'
            : request.url?.endsWith('?gzip')
              ? 'gzip'
              : 'deflate';
          const bytes = packers[coding]('x'.repeat(200_000) + answer);
          const part = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
          const [from, to] = part === null ? [0, bytes.length] : [Number(part[1]), Number(part[2]) + 1];
          const range = { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` };
          response.writeHead(part === null ? 200 : 206, {
            'content-encoding': coding,
            ...(part === null ? {} : range),
          });
          response.end(bytes.subarray(from, to));
          return;
        }
        case '/upload': {
          const hash = createHash('sha256');
          request.on('data', (chunk: Buffer) => hash.update(chunk));
          request.on('end', () => response.end(hash.digest('hex') + answer));
          return;
        }
        case '/reset':
          response.writeHead(200, { 'content-length': '1000' });
          response.write('half of');
          setTimeout(() => request.socket.destroy(), 5);
          return;
        case '/gone':
          request.socket.destroy();
          return;
        case '/half':
          response.writeHead(200, { 'content-length': '1000' });
          response.write('never the rest');
          return;
        case '/stall':
          return;
        case '/malformed':
          request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc');
          return;
        default:
          request.on('end', () => response.end(answer));
      }
    },
  );
  server.on('tlsClientError', () => {});
  const sockets = new WebSocketServer({ server, path: '/socket' });
  sockets.on('connection', (peer, request) => {
    peer.on('error', () => {});
    peer.send(see('/socket', request.headers.authorization ?? '', request.rawHeaders.join(' ')));
    peer.on('message', (data: Buffer, isBinary) => {
      if (data.includes('decoy-')) broken.push('/socket: a decoy came in a message');
      peer.send(data, { binary: isBinary });
    });
  });
  const grpc = startGrpc(certificate, see);
  for (const one of [server, grpc.server])
    await new Promise<void>((resolve) => one.listen(0, '0.0.0.0', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    grpcPort: (grpc.server.address() as AddressInfo).port,
    ca: certificate.ca,
    broken,
    counts,
    close: () => {
      for (const peer of sockets.clients) peer.terminate();
      grpc.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Each call is answered with its own bytes, then a message that reflects the key, then trailers. */
function startGrpc(
  certificate: { key: string; cert: string },
  see: (path: string, authorization: string, everything: string) => string,
) {
  const open = new Set<Http2Session>();
  const server = createSecureServer({ key: certificate.key, cert: certificate.cert });
  server.on('session', (session) => {
    open.add(session);
    session.on('error', () => {});
    session.on('close', () => open.delete(session));
  });
  server.on('stream', (stream, head) => {
    stream.on('error', () => {});
    const reflection = see(String(head[':path']), String(head.authorization ?? ''), JSON.stringify(head));
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('data', (piece: Buffer) => stream.write(piece));
    stream.on('end', () => {
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(reflection.length, 1);
      stream.end(Buffer.concat([prefix, Buffer.from(reflection)]));
    });
  });
  server.on('sessionError', () => {});
  server.on('tlsClientError', () => {});
  const close = () => {
    for (const session of open) session.destroy();
    server.close();
  };
  return { server, close };
}
