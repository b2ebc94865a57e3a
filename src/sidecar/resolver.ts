// Resolves upstream hosts by the system's name servers: over sockets of its own, so that slow names cannot hold up
// the thread pool, which the journal's disk needs. /etc/hosts is not consulted.
import dns from 'node:dns';

/** The addresses of a host, one kind only: IPv4, or IPv6 where there is no IPv4. Rejects when there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** `servers` are those of /etc/resolv.conf when absent, as `address` or `address:port`. */
export function createResolver(options: {
  timeoutMs: number;
  tries: number;
  servers?: readonly string[];
}): Resolve {
  const resolver = new dns.promises.Resolver({ timeout: options.timeoutMs, tries: options.tries });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  return async (host) => {
    try {
      return await resolver.resolve4(host);
    } catch {
      return await resolver.resolve6(host);
    }
  };
}
