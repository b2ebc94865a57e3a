// What an agent can touch, seen from inside on a real engine (S1, S3, A1–A6, A15). Covers src/sandbox/{session,sidecar-start,networks,spec,resolver,probe}.ts.
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probeBox, probeWeakenedBox } from '../../../src/sandbox/probe.js';
import { resolverFile } from '../../../src/sandbox/resolver.js';
import type { Box } from '../../../src/sandbox/session.js';
import { addressAt } from '../../../src/sandbox/subnets.js';
import { canAskUpstream, upstreamServers } from '../../../src/sandbox/upstream-names.js';
import { containerId, docker } from '../../support/docker.js';
import { skipReason } from '../../support/requirements.js';
import { echoDecoy, echoSecret, Rig } from './rig.js';

interface TcpReport {
  id: string;
  outcome: string;
}

describe.skipIf(skipReason('docker'))('the walls of a box', () => {
  let rig: Rig;
  let name: string;
  let other: string;
  let box: Box;
  let otherBox: Box;
  let listener: Server;
  let port: number;

  beforeAll(async () => {
    rig = await Rig.open();
    listener = createServer((socket) => socket.on('error', () => {}).end('host')); // a probe hangs up as it likes
    await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
    port = (listener.address() as { port: number }).port;
    [name, other] = [rig.name('walls'), rig.name('walls')];
    const limits = { memoryBytes: 256 * 1024 ** 2, cpus: 0.5, pids: 50, openFiles: 512 };
    [box, otherBox] = await Promise.all([
      rig.box(name, {
        limits,
        environment: { OKX_API_KEY: 'decoy' },
        homeFiles: [{ path: '.okx/config.json', content: '{}', isExecutable: false }],
      }),
      rig.box(other),
    ]);
  });
  afterAll(async () => {
    listener.close();
    await rig.close();
  });

  const tcp = (hosts: string[], at = port) =>
    hosts.map((host) => ({ do: 'tcp', id: host, host, port: at, timeoutMs: 700 }));
  const reached = (report: unknown) =>
    (report as TcpReport[]).filter(({ outcome }) => /connect|open|ok/i.test(outcome)).map(({ id }) => id);

  test("S3: nothing of the host can be reached: not the gateway, not an address with a listener on 0.0.0.0, not docker's bridge", async () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const hosts = [
      addressAt(box.record.networks.inside.subnet, 1),
      addressAt(box.record.networks.egress.subnet, 1),
      '172.17.0.1',
      ...own.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address),
    ];
    expect(reached(await probeBox(rig.engine, box.record, rig.images.sidecar, tcp(hosts)))).toEqual([]);
  });

  test('negative control: on a plain internal network the host is reached at the gateway', async () => {
    let gateway = '';
    const report = await probeWeakenedBox(rig.engine, box.record, rig.images.sidecar, true, (address) => {
      gateway = address;
      return tcp([address]);
    });
    expect(reached(report)).toEqual([gateway]);
    expect(rig.remains(name).filter((line) => line.includes('probe'))).toEqual([]);
  });

  test('S3: the sidecar is reached, on its inside address only', async () => {
    const { inside, egress } = box.record.networks;
    const hosts = [addressAt(inside.subnet, 2), addressAt(egress.subnet, 2)];
    expect(reached(await probeBox(rig.engine, box.record, rig.images.sidecar, tcp(hosts, 3128)))).toEqual([
      hosts[0],
    ]);
  });

  test('S3: another box, the internet, metadata addresses and IPv6 are not reached', async () => {
    const hosts = [
      addressAt(otherBox.record.networks.inside.subnet, 2),
      addressAt(otherBox.record.networks.inside.subnet, 3),
      addressAt(otherBox.record.networks.egress.subnet, 2),
      '1.1.1.1',
      '169.254.169.254',
      '::1',
      'fe80::1',
      '2606:4700:4700::1111',
    ];
    expect(reached(await probeBox(rig.engine, box.record, rig.images.sidecar, tcp(hosts, 443)))).toEqual([]);
  });

  test("names are the sidecar's to answer: the allowed one leads to it, a denied one nowhere", async () => {
    const { inside } = box.record.networks;
    const { out } = await rig.shell(
      name,
      'getent ahostsv4 echo.tradebox.internal | head -1; getent hosts www.example.com; echo $?',
    );
    expect(out.split(/\s+/)[0]).toBe(addressAt(inside.subnet, 2));
    expect(out.trim().split('\n').at(-1)).toBe('2');
  });

  test("S3: the agent asks the sidecar itself, and the engine's own name server is not in its network", async () => {
    const sidecarAddress = addressAt(box.record.networks.inside.subnet, 2);
    const { out } = await rig.shell(name, 'cat /etc/resolv.conf; cat /proc/net/udp');
    const own = resolverFile(sidecarAddress);
    expect(out.slice(0, own.length)).toBe(own);
    expect(out.slice(own.length)).toMatch(/^ +sl +local_address/);
    const engineServer = /\b0B00007F:/; // 127.0.0.11 as the kernel writes it
    // Another container on a network of the box has it: seen there, so the look can see it.
    const { networks, images } = box.record;
    const bystander = ['run', '--rm', '--network', networks.egress.name, '--entrypoint', 'cat'];
    expect(docker(...bystander, images.sidecar, '/proc/net/udp')).toMatch(engineServer);
    const { version } = rig.engine.version;
    if (Number.parseInt(version, 10) >= 27) return;
    expect(out).not.toMatch(engineServer);
    const sidecar = containerId(name, 'sidecar');
    expect(docker('exec', sidecar, 'cat', '/proc/net/udp')).toMatch(/:0035 /); // its own, for the agent
    if (!canAskUpstream(await rig.engine.facts())) return;
    expect(docker('exec', sidecar, 'cat', '/proc/net/udp')).not.toMatch(engineServer);
    const servers = docker('exec', sidecar, 'node', '-p', "require('dns').getServers().join()");
    expect(servers.trim().split(',')).toEqual(upstreamServers());
  });

  test("curl, Python and Node trust the box's authority and get through, with and without the proxy", async () => {
    const header = `authorization: Bearer ${echoDecoy}`;
    const url = 'https://echo.tradebox.internal/';
    const python = `import requests; print(requests.get('${url}', headers={'authorization': 'Bearer ${echoDecoy}'}, timeout=10).status_code)`;
    const bare = `import urllib.request as u; print(u.build_opener(u.ProxyHandler({})).open('${url}', timeout=10).status)`;
    const node = `fetch('${url}',{headers:{authorization:'Bearer ${echoDecoy}'}}).then(r=>console.log(r.status))`;
    const { out, err } = await rig.shell(
      name,
      [
        `curl -sS -m 10 -o /dev/null -w '%{http_code}\\n' -H '${header}' ${url}`,
        `NO_PROXY= no_proxy= curl -sS -m 10 -o /dev/null -w '%{http_code}\\n' -H '${header}' ${url}`,
        `python3 -c "${python}"`,
        `env -u SSL_CERT_FILE python3 -c "${bare}"`,
        `node -e "${node}"`,
        `NO_PROXY= no_proxy= node -e "${node}"`,
      ].join('; '),
    );
    expect({ out, err }).toEqual({ out: '200\n200\n200\n200\n200\n200\n', err: '' });
  });

  test('A15: no capability, no new privileges, seccomp on, no device, no socket of the engine, one mount to write in', async () => {
    const { out } = await rig.shell(
      name,
      'grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status; ls /dev; ls /var/run/docker.sock /run/docker.sock 2>&1; find / -xdev -perm /6000 -type f; cat /proc/mounts',
    );
    expect(out.match(/^Cap\w+:\s+0+$/gm)).toHaveLength(5);
    expect(out).toMatch(/NoNewPrivs:\s+1/);
    expect(out).toMatch(/Seccomp:\s+2/);
    expect(out).not.toMatch(/^(sd|vd|nvme|kvm|fuse|mem|loop)/m);
    expect(out).not.toMatch(/^\/[\w/]*docker\.sock$/m);
    expect(out).not.toMatch(/^\/(usr\/)?s?bin\//m);
    const binds = out
      .split('\n')
      .filter((line) => /^\/dev\/\S+ (?!\/etc\/(resolv\.conf|hostname|hosts) )/.test(line));
    const places = binds
      .map((line) => line.split(' '))
      .filter(([, at]) => at !== '/usr/sbin/docker-init' && at !== '/sbin/docker-init')
      .map(([, at, , options]) => `${at} ${options?.split(',')[0]}`);
    // The second holds the certificate and the flag that lets the agent go (S13).
    expect(places.sort()).toEqual(['/run/tradebox ro', '/workspace rw']);
  });

  test('E8: limits hold inside', async () => {
    const { out } = await rig.shell(
      name,
      'ulimit -n; ulimit -c; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null',
    );
    expect(out.trim().split('\n')).toEqual(['512', '0', String(256 * 1024 ** 2), '50']);
    // A fork bomb ends at the limit and takes nothing else down.
    const bomb = await rig.shell(name, 'for i in $(seq 200); do sleep 2 & done 2>&1 | grep -c fork; true');
    expect(bomb.out + bomb.err).toMatch(/fork|[1-9]/i);
    expect((await rig.shell(other, 'echo alive')).out).toBe('alive\n');
  });

  test("the agent is the caller, with a name, a home it can write, and files that are the caller's", async () => {
    const { out } = await rig.shell(
      name,
      'id -u; id -g; whoami; node -p "os.userInfo().homedir"; echo $HOME; touch $HOME/x $HOME/.okx/y && cat $HOME/.okx/config.json && echo; touch /workspace/made; stat -c %u /workspace/made; pwd; hostname',
    );
    const uid = String(process.getuid?.());
    expect(out.trim().split('\n')).toEqual([
      uid,
      String(process.getgid?.()),
      uid === '0' ? 'root' : 'agent',
      '/home/agent',
      '/home/agent',
      '{}',
      uid,
      '/workspace',
      name,
    ]);
  });

  test('S2: settings are in no engine object of either container', async () => {
    for (const role of ['agent', 'sidecar'] as const) {
      const inspected = docker('inspect', containerId(name, role));
      const logged = docker('logs', containerId(name, role));
      expect(inspected + logged).not.toContain(echoSecret);
    }
  });

  test('what was planned is what the engine made', async () => {
    const view = JSON.parse(docker('inspect', containerId(name, 'sidecar')))[0];
    expect(view.HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false });
    expect(view.Config.User).toBe(
      process.getuid?.() === 0 ? '10777:10777' : `${process.getuid?.()}:${process.getgid?.()}`,
    );
    expect(
      view.Config.Env.filter((line: string) => !/^(PATH|NODE_ENV|TZ|NODE_VERSION|YARN_VERSION)=/.test(line)),
    ).toEqual([]);
  });

  test('making a box tells where the time went', () => {
    expect(box.timings.map(({ step }) => step)).toEqual(
      expect.arrayContaining([
        'inside network created',
        'agent started, waiting at the gate',
        'sidecar ready',
        'agent released',
      ]),
    );
    expect(box.timings.every(({ atMs }) => atMs >= 0)).toBe(true);
  });
});
