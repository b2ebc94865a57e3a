// Ports of brokers' raw sockets: they answer only to say no, by name, so that nobody takes the refusal for a fault.
// What is no HTTP can be neither inspected nor signed, so it is not carried.
import net from 'node:net';
import { type IngressEnvironment, listen } from './ingress.js';

/**
 * Sockets of TWS and IB Gateway (IBKR, TWS API, "Enable API connections"), and FIX of Binance (its FIX page), of Coinbase Exchange, Prime
 * and International Exchange (their "FIX connectivity" pages) and of Deribit (crate deribit-fix 0.1.1).
 */
const names: ReadonlyMap<number, string> = new Map([
  [4001, 'IB Gateway (live)'],
  [4002, 'IB Gateway (paper)'],
  [7496, 'TWS (live)'],
  [7497, 'TWS (paper)'],
  [9000, 'FIX order entry'],
  [9001, 'FIX drop copy'],
  [9002, 'FIX market data'],
  [4198, 'FIX order entry'],
  [6110, 'FIX order entry'],
  [6120, 'FIX market data'],
  [6121, 'FIX order entry and market data'],
  [6130, 'FIX drop copy'],
  [9880, 'FIX'],
  [9881, 'FIX'],
  [9883, 'FIX'],
]);

/** Why a port's protocol is not carried; undefined for ports that are not known for one. */
export function otherProtocol(port: number): string | undefined {
  const name = names.get(port);
  if (name === undefined) return undefined;
  return `port ${port} is that of ${name}, a raw socket: only HTTP is carried; use the broker's web API`;
}

/** Answers on `port` by closing, and journals why. */
export async function startRefusal(
  env: Pick<IngressEnvironment, 'denials' | 'world' | 'tally'>,
  address: string,
  port: number,
): Promise<net.Server> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    const message = otherProtocol(port) ?? `port ${port} carries no HTTP`;
    const denied = { type: 'connection.denied', ingress: 'tls', host: '', port } as const;
    env.denials.record({ ...denied, code: 'PROTOCOL_UNSUPPORTED', message }, env.world.clock.nowMs());
    env.tally.denied += 1;
    socket.destroy();
  });
  await listen(server, address, port);
  return server;
}
