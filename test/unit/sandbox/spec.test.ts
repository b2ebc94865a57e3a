import { expect, test } from 'vitest';
import { container } from '../../../src/sandbox/isolation/container.js';
import { gvisorOn } from '../../../src/sandbox/isolation/gvisor.js';
import { vmOn } from '../../../src/sandbox/isolation/vm.js';
import {
  agentPlan,
  type BoxSpec,
  defaultLimits,
  sidecarFlags,
  sidecarLimits,
  sidecarPlan,
} from '../../../src/sandbox/spec.js';
import { agentUser, callerIds, sidecarUser } from '../../../src/sandbox/users.js';
import { windowBudgetBytes } from '../../../src/sidecar/http1/coding.js';
import { alwaysHeldBytes } from '../../../src/sidecar/websocket/held-bytes.js';
import { defaultSocketLimits } from '../../../src/sidecar/websocket/socket-limits.js';

const spec: BoxSpec = {
  name: 'demo',
  profile: 'shell',
  mode: 'readonly',
  isPaper: false,
  workdir: '/srv/strategy',
  command: ['node', 'run.mjs'],
  environment: { OKX_API_KEY: 'decoy' },
  terminal: { isTty: true, hasStdin: true },
  limits: defaultLimits,
  images: { agent: 'tradebox/agent-shell:1', sidecar: 'tradebox/sidecar:1' },
};
const identity = {
  name: 'demo',
  id: 'f00',
  profile: 'shell',
  mode: 'readonly',
  isPaper: false,
  createdAt: 'now',
};
const inside = { id: 'net', name: 'tradebox-demo-inside', subnet: { base: 0x0ac90000, bits: 28 } };
const agent = agentPlan(spec, identity, inside, { uid: 1000, gid: 1001 }, container);
const sidecarParts = {
  name: spec.name,
  image: spec.images.sidecar,
  identity,
  inside,
  user: { uid: 10_777, gid: 10_777 },
  journalDir: '/state/demo/journal',
};
const sidecar = sidecarPlan(sidecarParts);

test('A14: what upstreams can make a sidecar hold fits in its memory', () => {
  const megabyte = 1024 ** 2;
  const flag = sidecarFlags.find((one) => one.startsWith('--max-old-space-size='));
  const heapBytes = Number(flag?.split('=')[1]) * megabyte;
  const programBytes = 90 * megabyte;
  // Tables of as many brotli answers as the budget lets be under way, and unread answers over HTTP/2.
  const tableBytes = 64 * 3 * megabyte;
  const heldBytes = 150 * megabyte;
  // Each WebSocket has two file descriptors.
  const smallBytes = (sidecarLimits.openFiles / 2) * alwaysHeldBytes;
  const socketBytes = defaultSocketLimits.maxHeldBytes + smallBytes;
  const all = programBytes + heapBytes + windowBudgetBytes + tableBytes + heldBytes + socketBytes;
  expect(all).toBeGreaterThan(0);
  expect(sidecarLimits.memoryBytes).toBeGreaterThanOrEqual(all);
  expect(sidecar.limits).toBe(sidecarLimits);
});

test('the agent waits at the gate, as the caller, in the one mounted directory', () => {
  expect(agent).toMatchObject({
    argv: [
      ...['/opt/tradebox/keeper', '0', '0', 'write_bytes', '/run/tradebox/ready', '/', '/workspace', '--'],
      ...['node', 'run.mjs'],
    ],
    user: '1000:1001',
    workingDir: '/workspace',
    mounts: [{ source: '/srv/strategy', target: '/workspace', isReadOnly: false }],
    hasTerminal: true,
    hasStdin: true,
    hasInit: false,
  });
});

test('what it waits for comes through a directory that it cannot write', () => {
  const handover = { source: '/state/demo/handover', target: '/run/tradebox', isReadOnly: true };
  const plan = agentPlan(spec, identity, inside, { uid: 1, gid: 1 }, container, [handover]);
  expect(plan.mounts).toEqual([...agent.mounts, handover]);
});

test('S3: the agent is on the inside network alone and asks the sidecar for names', () => {
  expect(agent.network).toEqual({ name: 'tradebox-demo-inside', address: '10.201.0.3' });
  expect(agent).toMatchObject({ resolvers: ['10.201.0.2'], sparesNameServer: true });
  expect(sidecar).toMatchObject({ resolvers: [], sparesNameServer: false });
  expect(sidecarPlan({ ...sidecarParts, asksUpstream: true })).toMatchObject({
    resolvers: [],
    sparesNameServer: true,
  });
  expect(agent.sysctls).toMatchObject({ 'net.ipv6.conf.all.disable_ipv6': '1' });
  expect(agent.environment.HTTPS_PROXY).toBe('http://10.201.0.2:3128');
});

test('the agent has the limits it was given, no more open files than an engine grants', () => {
  expect(agent.limits).toEqual(defaultLimits);
  const greedy = { ...spec, limits: { ...defaultLimits, openFiles: 1_000_000 } };
  expect(agentPlan(greedy, identity, inside, { uid: 1, gid: 1 }, container).limits.openFiles).toBe(16_384);
});

test('an isolation level can change the agent container', () => {
  const stronger = gvisorOn('runsc');
  expect(agent.runtime).toBeUndefined();
  expect(agentPlan(spec, identity, inside, { uid: 1, gid: 1 }, stronger).runtime).toBe('runsc');
});

test('E8: the keeper is the first process at every level, with the reserve it was given; a machine runs below it, its agent in there', () => {
  const given = { ...spec, diskReserveBytes: 4096 };
  const keeper = (counted: string, flag: string) => [
    ...['/opt/tradebox/keeper', '4096', '0', counted, flag],
    ...['/', '/workspace', '--'],
  ];
  for (const level of [container, gvisorOn('runsc'), vmOn('tcg', 'machine:1')]) {
    const { argv, hasInit } = agentPlan(given, identity, inside, { uid: 1, gid: 1 }, level);
    const counted = level.id === 'gvisor' ? 'wchar' : 'write_bytes';
    const flag = level.id === 'vm' ? '-' : '/run/tradebox/ready';
    expect([argv.slice(0, 8), hasInit], level.id).toEqual([keeper(counted, flag), false]);
    expect(argv[8], level.id).toBe('node');
    // In the machine the gate stands before the agent.
    expect(argv.join(' ').includes('/opt/tradebox/gate'), level.id).toBe(level.id === 'vm');
    expect(argv.join(' ').split('/opt/tradebox/keeper'), level.id).toHaveLength(2);
  }
});

test('S2: the sidecar keeps nothing on disk but its journal, is told nothing by argument or environment, and routes nothing', () => {
  expect(sidecar).toMatchObject({
    isRootReadOnly: true,
    user: '10777:10777',
    environment: { NODE_ENV: 'production', TZ: 'UTC' },
    mounts: [{ source: '/state/demo/journal', target: '/journal', isReadOnly: false }],
    tmpfs: { '/run/tradebox': expect.stringContaining('mode=0700,uid=10777,gid=10777') },
    hasStdin: true,
    hasTerminal: false,
  });
  expect(sidecar.sysctls).toMatchObject({
    'net.ipv4.ip_forward': '0',
    'net.ipv4.ip_unprivileged_port_start': '0',
    'net.ipv6.conf.all.disable_ipv6': '1',
  });
  expect(sidecar.argv.at(-1)).toBe('/app/sidecar.cjs');
});

test('the sidecar is never root, and the agent is the caller', () => {
  const [root, user] = [
    { uid: 0, gid: 0 },
    { uid: 1000, gid: 100 },
  ];
  expect(sidecarUser({ isRootless: false }, root)).toEqual({ uid: 10_777, gid: 10_777 });
  expect(sidecarUser({ isRootless: false }, user)).toEqual(user);
  expect(agentUser({ isRootless: false }, user)).toEqual(user);
  expect(callerIds()).toEqual({ uid: process.getuid?.() ?? 1000, gid: process.getgid?.() ?? 1000 });
});

test('under a rootless engine container root is the caller', () => {
  expect(agentUser({ isRootless: true }, { uid: 1000, gid: 100 })).toEqual({ uid: 0, gid: 0 });
  expect(sidecarUser({ isRootless: true }, { uid: 1000, gid: 100 })).toEqual({ uid: 0, gid: 0 });
});
