// HTTP/2 clients for tests: Node's own over a box's TLS port or through CONNECT.
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import type { TestBox } from './sidecar-box.js';

export interface Http2Answer {
  status: number;
  headers: http2.IncomingHttpHeaders;
  trailers: http2.IncomingHttpHeaders;
  body: Buffer;
  /** Code with which the stream ended; 0 when all is well. */
  rstCode: number;
}

/** A TLS connection to the box as `host`, on which `h2` is negotiated. */
export async function h2Socket(
  box: TestBox,
  host: string,
  way: 'tls' | 'connect' = 'tls',
): Promise<tls.TLSSocket> {
  const below = way === 'tls' ? undefined : await tunnel(box, host);
  const secure = tls.connect({
    ...(below === undefined ? { host: '127.0.0.1', port: box.tlsPort } : { socket: below }),
    servername: host,
    ca: box.sidecar.caPem,
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', resolve);
    secure.once('error', reject);
  });
  if (secure.alpnProtocol !== 'h2') throw new Error('h2 was not negotiated');
  return secure;
}

async function tunnel(box: TestBox, host: string): Promise<net.Socket> {
  const socket = net.connect(box.connectPort, '127.0.0.1');
  socket.write(`CONNECT ${host}:${box.tlsPort} HTTP/1.1\r\nHost: ${host}:${box.tlsPort}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

/** A session with the box as `host`. */
export async function h2Session(
  box: TestBox,
  host: string,
  way: 'tls' | 'connect' = 'tls',
): Promise<http2.ClientHttp2Session> {
  const secure = await h2Socket(box, host, way);
  const session = http2.connect(`https://${host}:${box.tlsPort}`, { createConnection: () => secure });
  session.on('error', () => {});
  return session;
}

/** Sends one request and reads its answer to the end. */
export function h2Fetch(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body?: string | Buffer,
): Promise<Http2Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return h2Answer(stream);
}

export function h2Answer(stream: http2.ClientHttp2Stream): Promise<Http2Answer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const answer: Http2Answer = { status: 0, headers: {}, trailers: {}, body: Buffer.alloc(0), rstCode: 0 };
    stream.on('response', (headers) => {
      answer.status = Number(headers[':status']);
      answer.headers = headers;
    });
    stream.on('trailers', (trailers) => {
      answer.trailers = trailers;
    });
    stream.on('data', (data: Buffer) => pieces.push(data));
    stream.on('error', () => {});
    stream.on('close', () =>
      resolve({ ...answer, body: Buffer.concat(pieces), rstCode: stream.rstCode ?? 0 }),
    );
  });
}
