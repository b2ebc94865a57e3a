// The upstream of a soak: a TLS host that answers well, slowly, halfway, brokenly or never, and reflects the key it was sent.
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../support/throwaway-ca.js';

export const soakHost = 'api.soak.test';
/** Allowed, and answered by the engine's name server with a private address. */
export const lyingHost = 'liar.soak.test';

export interface SoakUpstream {
  port: number;
  ca: string;
  /** What must never happen, as it was seen. */
  broken: string[];
  counts: Record<string, number>;
  close(): void;
}

/** `secret` is the only key that may arrive; anything that looks like a decoy must not. */
export async function startSoakUpstream(secret: string): Promise<SoakUpstream> {
  const certificate = makeCertificate([soakHost]);
  const broken: string[] = [];
  const counts: Record<string, number> = {};
  const server: Server = createServer(
    { key: certificate.key, cert: certificate.cert },
    (request, response) => {
      const path = request.url?.split('?')[0] ?? '';
      counts[path] = (counts[path] ?? 0) + 1;
      const authorization = request.headers.authorization ?? '';
      if (authorization !== `Bearer ${secret}`) broken.push(`${path}: came without the real key`);
      if (/decoy-/.test(request.rawHeaders.join(' ') + (request.url ?? '')))
        broken.push(`${path}: came with a decoy`);
      response.on('error', () => {});
      request.on('error', () => {});
      request.on('data', (chunk: Buffer) => {
        if (chunk.includes('decoy-')) broken.push(`${path}: a decoy came in a body`);
      });
      const answer = `{"echo":"${authorization}"}`;
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
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    ca: certificate.ca,
    broken,
    counts,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
