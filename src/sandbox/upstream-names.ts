// Whether a sidecar can ask the engine's own name servers itself. Where it cannot, the engine sets up a name server beside it, for which
// it starts a dozen programs, and from then on the kernel tracks every packet of the sidecar.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { EngineFacts } from './docker/shapes.js';

/** This machine. */
export interface NameServices {
  hostName: string;
  kernel: string;
  /** Content of a file; undefined when it cannot be read. */
  read(path: string): string | undefined;
}

/** Where systemd-resolved stands before the real servers, and where it tells them: engines put these into their containers. */
const forwarder = '127.0.0.53';
const behindForwarder = '/run/systemd/resolve/resolv.conf';

/**
 * True where the engine is known to run here, and every name server that it hands to containers is an IPv4 address outside of this
 * machine: one on a loopback address would mean the container itself. An engine elsewhere has files that are not seen from here. False
 * where they are to be asked over TCP: a container that spares the engine's server gets none of the file's options.
 */
export function canAskUpstream(
  facts: Pick<EngineFacts, 'hostName' | 'kernel'>,
  here: NameServices = thisMachine,
): boolean {
  if (facts.hostName !== here.hostName || facts.kernel !== here.kernel) return false;
  const file = engineFile(here);
  const servers = serversIn(file);
  return (
    !wantsTcp(file) &&
    servers.length > 0 &&
    servers.every((server) => isIPv4(server) && !/^(127|0)\./.test(server))
  );
}

/** Those that an engine on this machine hands to its containers. */
export function upstreamServers(here: Pick<NameServices, 'read'> = thisMachine): string[] {
  return serversIn(engineFile(here));
}

/** The resolv.conf that such an engine copies. */
function engineFile(here: Pick<NameServices, 'read'>): string {
  const file = here.read('/etc/resolv.conf') ?? '';
  const servers = serversIn(file);
  return (servers.length === 1 && servers[0] === forwarder ? here.read(behindForwarder) : file) ?? '';
}

function serversIn(resolvConf: string): string[] {
  return resolvConf.split('\n').flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);
}

/** By glibc's word for it or that of c-ares, with which Node asks. */
const wantsTcp = (resolvConf: string): boolean => /^\s*options\s(.*\s)?use-?vc(\s|$)/m.test(resolvConf);

const isIPv4 = (text: string): boolean => /^\d+(\.\d+){3}$/.test(text);

const thisMachine: NameServices = {
  get hostName() {
    return os.hostname();
  },
  get kernel() {
    return os.release();
  },
  read: (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};
