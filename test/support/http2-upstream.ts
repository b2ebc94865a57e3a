// Upstreams for tests that speak HTTP/2: Node's own server behind TLS, with HTTP/1.1 beside it where a test wants both.
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { systemClock } from '../../src/core/clock.js';
import { createAuthority } from '../../src/sidecar/authority.js';

export type ServeStream = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;

export interface Http2Upstream {
  port: number;
  ca: string;
  /** Connections that chose HTTP/2, in order of their start. */
  sessions: http2.ServerHttp2Session[];
  /** Streams, likewise. */
  streams: http2.ServerHttp2Stream[];
  /** Each request as `1.1 GET /path` or `2.0 GET /path`. */
  seen: string[];
  /** What it agrees to speak from now on, the best first. */
  control: { protocols: string[] };
  close(): void;
}

export interface Http2UpstreamOptions {
  /** HTTP/1.1 is spoken, too; each of its requests is answered with `by HTTP/1.1`. */
  allowHTTP1?: boolean;
  settings?: http2.Settings;
  /** Does with a socket on which HTTP/2 was chosen as it likes. */
  take?: (socket: tls.TLSSocket) => void;
}

/** `serve` is called for each stream of a server for `host`. */
export async function startHttp2Upstream(
  host: string,
  serve: ServeStream,
  { allowHTTP1 = false, settings = {}, take }: Http2UpstreamOptions = {},
): Promise<Http2Upstream> {
  const authority = createAuthority({ clock: systemClock });
  const sessions: http2.ServerHttp2Session[] = [];
  const streams: http2.ServerHttp2Stream[] = [];
  const seen: string[] = [];
  const sockets = new Set<tls.TLSSocket>();
  const server = http2.createServer({ settings });
  server.on('session', (session) => void sessions.push(session));
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    streams.push(stream);
    seen.push(`2.0 ${headers[':method']} ${headers[':path']}`);
    serve(stream, headers);
  });
  const plain = http.createServer((request, response) => {
    seen.push(`1.1 ${request.method} ${request.url}`);
    response.end('by HTTP/1.1');
  });
  const control = { protocols: allowHTTP1 ? ['h2', 'http/1.1'] : ['h2'] };
  const front = tls.createServer(
    {
      ...authority.leafFor(host),
      ALPNCallback: ({ protocols }) => control.protocols.find((one) => protocols.includes(one)),
    },
    (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      if (socket.alpnProtocol !== 'h2') plain.emit('connection', socket);
      else if (take === undefined) server.emit('connection', socket);
      else take(socket);
    },
  );
  front.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    port: (front.address() as AddressInfo).port,
    ca: authority.caPem,
    sessions,
    streams,
    seen,
    control,
    close() {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      front.close();
    },
  };
}
