// The echo venue of `diagnose`: an upstream inside this process that tells the SHA-256 of every header value it received.
// It proves on the wire that a decoy was replaced, without saying by what.
import { createHash } from 'node:crypto';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Authority } from './authority.js';

export interface EchoServer {
  port: number;
  close(): Promise<void>;
}

/** Listens with TLS on a loopback port, with a certificate for `host`. */
export async function startEcho(authority: Pick<Authority, 'leafFor'>, host: string): Promise<EchoServer> {
  const server = https.createServer(
    { ...authority.leafFor(host), ca: [], minVersion: 'TLSv1.2' }, // asks no client for a certificate: no roots are loaded
    (request, response) => {
      const received: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers)) {
        received[name] = createHash('sha256').update(String(value), 'latin1').digest('hex');
      }
      request.resume();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ received }));
    },
  );
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
