// Ports of brokers' raw sockets: they answer only to say no, by name, so that nobody takes the refusal for a fault.
import net from 'node:net';
import { rawProtocolOf } from '../raw-protocols.js';
import { type IngressEnvironment, listen } from './ingress.js';

/** Answers on `port` by closing, and journals why. */
export async function startRefusal(
  env: Pick<IngressEnvironment, 'denials' | 'world' | 'tally'>,
  address: string,
  port: number,
): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    const message = rawProtocolOf('', port) ?? `port ${port} carries no HTTP`;
    const denied = { type: 'connection.denied', ingress: 'tls', host: '', port } as const;
    env.denials.record({ ...denied, code: 'PROTOCOL_UNSUPPORTED', message }, env.world.clock.nowMs());
    env.tally.denied += 1;
    socket.destroy();
  });
  await listen(server, address, port);
  return server;
}
