// S3: from the agent only the sidecar is reachable. Real connections to real listeners, from the agent's own network namespace.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv4 } from 'node:net';
import { type Check, type CheckContext, fail, pass, type WeakNetwork } from '../check.js';
import type { ProbeAction, ProbeObservation } from '../probe/protocol.js';

const timeoutMs = 1_500;
const greeting = Buffer.from('tradebox-probe').toString('base64');

/** Where an engine without root has this machine's loopback and name servers (slirp4netns(1), its network 10.0.2.0/24). */
const slirp = { host: '10.0.2.2', resolver: '10.0.2.3' };

/** A TCP and a UDP listener on every address of this machine, ended by `close`. */
interface HostListener {
  tcpPort: number;
  udpPort: number;
  close(): void;
}

async function listenOnHost(): Promise<HostListener> {
  const tcp = createServer((socket) => {
    socket.on('error', () => {}); // the probe hangs up as it likes
    socket.end('reached the host');
  });
  tcp.listen(0, '0.0.0.0');
  await once(tcp, 'listening');
  const udp = createSocket('udp4');
  udp.on('message', (_message, from) => udp.send('reached the host', from.port, from.address));
  udp.bind(0, '0.0.0.0');
  await once(udp, 'listening');
  const address = tcp.address();
  return {
    tcpPort: typeof address === 'object' && address !== null ? address.port : 0,
    udpPort: udp.address().port,
    close: () => {
      tcp.close();
      udp.close();
    },
  };
}

const gatewayOf = (agentAddress: string, subnetSize = 16): string => {
  const octets = agentAddress.split('.').map(Number);
  const last = octets[3] ?? 0;
  return [...octets.slice(0, 3), last - (last % subnetSize) + 1].join('.');
};

/** Everything the agent must not reach. The public address is TEST-NET-1 (RFC 5737): no such host exists. */
export function planForbidden(
  context: Pick<CheckContext, 'hostAddresses'> & {
    box: { agentAddress: string };
    engine: Pick<CheckContext['engine'], 'rootless'>;
  },
  listener: Pick<HostListener, 'tcpPort' | 'udpPort'>,
): ProbeAction[] {
  const gateway = gatewayOf(context.box.agentAddress);
  const isRootless = context.engine.rootless;
  const hostTargets = [
    ...new Set([
      gateway,
      ...context.hostAddresses,
      'host.docker.internal',
      ...(isRootless ? [slirp.host] : []),
    ]),
  ];
  const tcp = (label: string, host: string, port: number): ProbeAction => ({
    do: 'tcp',
    id: `${label} ${host}:${port}/tcp`,
    host,
    port,
    timeoutMs,
  });
  const udp = (label: string, host: string, port: number): ProbeAction => ({
    do: 'udp',
    id: `${label} ${host}:${port}/udp`,
    host,
    port,
    payload: greeting,
    timeoutMs,
  });
  return [
    ...hostTargets.map((host) => tcp('host', host, listener.tcpPort)),
    ...hostTargets
      .filter((host) => host !== 'host.docker.internal')
      .map((host) => udp('host', host, listener.udpPort)),
    tcp('metadata', '169.254.169.254', 80),
    tcp('metadata', 'fd00:ec2::254', 80),
    tcp('public', '192.0.2.1', 443),
    udp('public', '192.0.2.1', 443),
    tcp('public IPv6', '2001:db8::1', 443),
    tcp('lan', '10.255.255.1', 80),
    tcp('lan', '192.168.255.1', 80),
    { do: 'dns', id: 'resolver 192.0.2.53', name: 'www.okx.com', server: '192.0.2.53', timeoutMs },
    ...[gateway, ...(isRootless ? [slirp.resolver] : [])].map(
      (server): ProbeAction => ({
        do: 'dns',
        id: `resolver ${server}`,
        name: 'www.okx.com',
        server,
        timeoutMs,
      }),
    ),
  ];
}

/** The ids of the observations that got through. */
export function reachedOf(observations: readonly ProbeObservation[]): string[] {
  return observations.flatMap((observation) =>
    'outcome' in observation && observation.outcome !== 'failed' ? [observation.id] : [],
  );
}

export const networkCheck: Check = {
  id: 'network',
  proves:
    'the agent reaches only the sidecar: not the host, metadata, the LAN, IPv6, UDP or another resolver',
  invariants: ['S3'],
  async run(context) {
    const listener = await listenOnHost();
    try {
      const plan = planForbidden(context, listener);
      const toSidecar: ProbeAction = {
        do: 'tcp',
        id: 'sidecar',
        host: context.box.sidecarAddress,
        port: context.box.connectPort,
        timeoutMs,
      };
      const observations = await context.box.probe([...plan, toSidecar]);
      const reached = reachedOf(observations).filter((id) => id !== 'sidecar');
      if (observations.length !== plan.length + 1)
        return fail('the probe did not answer for every target', 'Run `tradebox diagnose` again.');
      if (reached.length > 0)
        return fail(
          `reached ${reached.join(', ')}`,
          'Stop the box with `tradebox stop`; do not trade with this engine and report it.',
        );
      if (!reachedOf(observations).includes('sidecar'))
        return fail(
          'the sidecar itself did not answer, so the rest proves nothing',
          'Run `tradebox restart` for the box.',
        );
      return pass(`${plan.length} targets tried, none reached; the sidecar answered`);
    } finally {
      listener.close();
    }
  },
};

export const negativeControlCheck: Check = {
  id: 'negative-control',
  proves: 'the network check can fail: in a deliberately weakened box the same probe reaches this machine',
  invariants: ['S3'],
  async run(context) {
    const listener = await listenOnHost();
    const reachedThrough = async (way: WeakNetwork, hosts: readonly string[] = []): Promise<string[]> =>
      reachedOf(
        await context.probeWeakened(way, (gateway) =>
          [...new Set([gateway, ...hosts])].map((host) => ({
            do: 'tcp',
            id: host,
            host,
            port: listener.tcpPort,
            timeoutMs,
          })),
        ),
      );
    try {
      if ((await reachedThrough('internal')).length > 0)
        return pass('the weakened box reached a listener of this machine, as it should');
      // An engine without root, and Podman, keep this machine off a plain internal network as well: weaker still is one with a way out.
      const reached = await reachedThrough('open', context.hostAddresses.filter(isIPv4));
      return reached.length > 0
        ? pass(
            `the weakened box, on a network with a way out, reached a listener of this machine at ${reached[0]}`,
          )
        : fail(
            'the weakened box did not reach this machine, so the network check may be blind here',
            'A host firewall may hide the difference; judge the network line by hand.',
          );
    } finally {
      listener.close();
    }
  },
};
