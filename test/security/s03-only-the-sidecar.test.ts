// S3: from the agent, only the sidecar is reachable. ATTACKS A1–A6, A15; the control is the same image on networks that Docker makes by default.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { docker, hostAddress, inspectBox } from '../support/docker.js';
import { runLines, runNode, testOnce, useDesk } from '../support/paper-desk.js';
import { boxSkipReason, suiteLevel } from '../support/requirements.js';
import { tryingCalls } from '../support/system-calls.js';

/** Tries to connect to each `host:port` of its arguments; prints those that answered. */
const connectAll = `
const net = require('node:net');
Promise.all(process.argv.slice(1).map((target) => new Promise((resolve) => {
  const at = target.lastIndexOf(':');
  const socket = net.connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)) });
  const end = (open) => { socket.destroy(); resolve(open ? target : undefined); };
  socket.setTimeout(1500, () => end(false)).on('connect', () => end(true)).on('error', () => end(false));
}))).then((open) => console.log(JSON.stringify(open.filter(Boolean))));
`;

const [eperm, enosys] = [1, 38];

const level = suiteLevel();

describe.skipIf(boxSkipReason())('S3', () => {
  const desk = useDesk('s03');
  let host: Server;
  let port: number;

  beforeAll(async () => {
    host = createServer((socket) => socket.end('host')).listen(0, '0.0.0.0');
    await new Promise((resolve) => host.once('listening', resolve));
    port = (host.address() as { port: number }).port;
  });
  afterAll(() => host.close());

  const gatewayOf = (address: string) =>
    address.replace(/\d+$/, (last) => String(Number(last) - (Number(last) % 16) + 1));

  test('A1, A4: neither the host, its gateway, metadata nor the other side of the sidecar answers', async () => {
    const { agent, sidecar } = inspectBox(desk.box.name);
    const own = Object.values(agent.NetworkSettings.Networks)[0]?.IPAddress ?? '';
    const others = Object.values(sidecar.NetworkSettings.Networks).flatMap(({ IPAddress, Gateway }) => [
      IPAddress,
      Gateway,
    ]);
    const inside = own.replace(/\d+$/, (last) => String(Number(last) - 1));
    const targets = [
      ...[hostAddress(), gatewayOf(own), 'host.docker.internal'].map((address) => `${address}:${port}`),
      ...others
        .filter((address) => address !== '' && address !== inside)
        .flatMap((address) => [`${address}:${port}`, `${address}:3128`]),
      '169.254.169.254:80',
      '192.0.2.1:443',
    ];
    expect(targets.length).toBeGreaterThan(5);
    expect(await runNode(desk, connectAll, ...targets)).toEqual([]);
    expect(await runNode(desk, connectAll, `${inside}:3128`)).toEqual([`${inside}:3128`]);
  });

  // An engine's defaults don't depend on the level.
  testOnce('control: a plain container and a plain internal network reach the host', () => {
    const { agent } = inspectBox(desk.box.name);
    const network = `${desk.box.name}-control`;
    docker('network', 'create', '--internal', '--label', `tradebox.box=${desk.box.name}`, network);
    try {
      const gateway = docker('network', 'inspect', network, '--format', '{{(index .IPAM.Config 0).Gateway}}');
      const tried = (target: string, ...options: string[]) =>
        JSON.parse(
          docker('run', '--rm', '--entrypoint', 'node', ...options, agent.Image, '-e', connectAll, target),
        );
      expect(tried(`${hostAddress()}:${port}`)).toHaveLength(1);
      expect(tried(`${gateway}:${port}`, '--network', network)).toHaveLength(1);
    } finally {
      docker('network', 'rm', network);
    }
  });

  test('A3: there is no IPv6', async () => {
    const { stdout } = await desk.box.sh('cat /proc/net/if_inet6 2>/dev/null | grep -v " lo$"; true');
    expect(stdout.trim()).toBe('');
  });

  test('A5: a denied name is answered by nobody, whatever its form, and its question is journaled', async () => {
    const names = [
      'denied.example',
      `${'x'.repeat(60)}.denied.example`,
      'www.okx.com.denied.example',
      'localhost.denied.example',
    ];
    const program = `Promise.allSettled(process.argv.slice(1).map((name) => require('node:dns').promises.resolve4(name))).then((all) => console.log(JSON.stringify(all.map(({ status }) => status))))`;
    expect(await runNode(desk, program, ...names)).toEqual(names.map(() => 'rejected'));
    const denied = (await desk.box.journal()).filter(({ event }) => event.type === 'dns.denied');
    expect(denied.map(({ event }) => event.name)).toEqual(expect.arrayContaining(['denied.example']));
  });

  test('A6: without the proxy variables the way still ends at the sidecar', async () => {
    const direct = await desk.box.sh(
      `env -u HTTPS_PROXY -u https_proxy NO_PROXY='*' curl -sS -o /dev/null -w '%{http_code}' --noproxy '*' https://www.okx.com/api/v5/public/time`,
    );
    expect(direct.stdout).toBe('200');
    const denied = await desk.box.sh(
      `curl -sS -m 5 --noproxy '*' --resolve denied.example:443:192.0.2.1 https://denied.example/`,
    );
    expect(denied.code).not.toBe(0);
  });

  test('A15: the kernel’s riskier system calls do not exist for the agent; a program that sets user ids neither', async () => {
    // As the agent itself: what its user runs with `exec` is filtered by the engine at one level and not at the other.
    const workdir = desk.home.workdir({ 'calls.py': tryingCalls });
    const name = desk.home.boxName('calls');
    const words = ['run', 'sh', workdir, '--name', name, '--paper'];
    const { stdout, stderr } = await desk.home.run([...words, '--', '-c', 'python3 calls.py']);
    const seen: Record<string, number> = JSON.parse(stdout || JSON.stringify({ stderr }));
    expect(Object.keys(seen).length).toBeGreaterThan(30);
    expect(Object.entries(seen).filter(([, errno]) => errno !== eperm && errno !== enosys)).toEqual([]);
    const setId = await desk.box.sh('find / -xdev -type f -perm /6000 2>/dev/null');
    expect(setId.stdout).toBe('');
  });

  // An engine's defaults don't depend on the level.
  testOnce('control: without a filter the same calls reach the kernel', () => {
    const { agent } = inspectBox(desk.box.name);
    const loose = ['--cap-drop', 'ALL', '--security-opt', 'seccomp=unconfined', '--entrypoint', 'python3'];
    const seen = JSON.parse(docker('run', '--rm', ...loose, agent.Image, '-c', tryingCalls));
    expect(Object.values(seen).filter((errno) => errno === 0).length).toBeGreaterThan(8);
  });

  test('A15: no capability, no socket of the engine, no raw socket, no mount', async () => {
    const attempts = [
      'test -e /var/run/docker.sock',
      'test -e /run/docker.sock',
      "grep -qE '^Cap(Eff|Prm|Bnd):.*[1-9a-f]' /proc/self/status",
      'python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"',
      'python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"',
      'mkdir -p /tmp/m && mount -t tmpfs none /tmp/m',
      ...(level === 'container' ? ['unshare -Ur true'] : []),
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
      'ls /dev/sda /dev/vda /dev/kvm /dev/mem 2>/dev/null | grep -q .',
    ];
    const [control, ...tried] = await runLines(desk, ['true', ...attempts]);
    expect(control?.code).toBe(0);
    expect(attempts.filter((_, index) => tried[index]?.code === 0)).toEqual([]);
    expect(tried).toHaveLength(attempts.length);
  });
});
