// Opens and closes every door of the sidecar on the inside network.
import type { Server } from 'node:net';
import { startConnectProxy, startPlainHttp } from './listeners/clear-text.js';
import type { IngressEnvironment } from './listeners/ingress.js';
import { startRefusal } from './listeners/other-protocols.js';
import { startTransparentTls } from './listeners/transparent.js';
import type { Settings } from './settings.js';

export interface IngressServer {
  close(): Promise<void>;
}

/** Starts all listeners, or none: when one cannot bind, the others are closed and the error is thrown. */
export async function startIngress(
  env: IngressEnvironment,
  network: Settings['network'],
): Promise<IngressServer> {
  const { address, tlsPorts, httpPorts, connectPort, refusedPorts = [] } = network;
  const refused = refusedPorts.filter((port) => !tlsPorts.includes(port));
  const starting = [
    ...tlsPorts.map((port) => startTransparentTls(env, address, port)),
    ...httpPorts.map((port) => startPlainHttp(env, address, port)),
    startConnectProxy(env, address, connectPort),
    ...refused.map((port) => startRefusal(env, address, port)),
  ];
  const results = await Promise.allSettled(starting);
  const servers: Server[] = [];
  for (const result of results) if (result.status === 'fulfilled') servers.push(result.value);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    for (const server of servers) server.close();
    throw failed.reason;
  }
  return {
    async close() {
      const closing = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      env.watch.close();
      await Promise.all(closing);
    },
  };
}
