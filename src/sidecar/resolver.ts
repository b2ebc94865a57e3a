// Resolves upstream hosts by the system's name servers: over sockets of its own, so that slow names cannot hold up
// the thread pool, which the journal's disk needs. /etc/hosts is not consulted.
import dns from 'node:dns';

/** The addresses of a host, one kind only: IPv4, or IPv6 where there is no IPv4. Rejects when there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** A server that is a loopback address is this container itself; except Docker's own, which answers there. */
const isNobody = (server: string): boolean =>
  /^(127\.|\[?::1\b)/.test(server) && !/^127\.0\.0\.11(:|$)/.test(server);

/**
 * `servers` are those of /etc/resolv.conf when absent, as `address` or `address:port`. Where one of that file is on a loopback address,
 * those of the host (`hostServers`) are asked: an engine that was started before systemd-resolved took the host's file over copies the
 * address of that (moby's resolvconf.Path chooses between the host's files once).
 */
export function createResolver(
  options: {
    timeoutMs?: number;
    tries?: number;
    servers?: readonly string[] | undefined;
    hostServers?: readonly string[] | undefined;
  } = {},
): Resolve {
  const { timeoutMs = 2_000, tries = 2, servers, hostServers = [] } = options;
  const resolver = new dns.promises.Resolver({ timeout: timeoutMs, tries });
  if (servers !== undefined) resolver.setServers(servers);
  else if (hostServers.length > 0 && resolver.getServers().some(isNobody)) resolver.setServers(hostServers);
  return async (host) => {
    try {
      return await resolver.resolve4(host);
    } catch {
      return await resolver.resolve6(host);
    }
  };
}
