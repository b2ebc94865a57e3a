// The transparent TLS listener: clients that resolved an allowed name to the sidecar's address and know of no proxy.
import net from 'node:net';
import { type IngressEnvironment, listen } from './ingress.js';
import { acceptTls } from './tls-session.js';

/** Listens on `port`, which is also the port that requests are for. */
export async function startTransparentTls(
  env: IngressEnvironment,
  address: string,
  port: number,
): Promise<net.Server> {
  const server = net.createServer((socket) => {
    acceptTls(socket, env, { ingress: 'tls', port });
  });
  await listen(server, address, port);
  return server;
}
