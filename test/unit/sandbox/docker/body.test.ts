import { expect, test } from 'vitest';
import { createBody } from '../../../../src/sandbox/docker/body.js';
import type { ContainerPlan } from '../../../../src/sandbox/docker/shapes.js';

const plan: ContainerPlan = {
  name: 'tradebox-demo-agent',
  image: 'img',
  argv: ['/gate', 'node', 'a b'],
  environment: { A: '1', B: 'x=y' },
  user: '1000:1000',
  workingDir: '/workspace',
  hostName: 'demo',
  labels: { 'tradebox.box': 'demo' },
  hasTerminal: true,
  hasStdin: true,
  hasInit: true,
  isRootReadOnly: false,
  limits: { memoryBytes: 1024, cpus: 1.5, pids: 64, openFiles: 100 },
  mounts: [{ source: '/srv', target: '/workspace', isReadOnly: false }],
  tmpfs: {},
  sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' },
  network: { name: 'net', address: '10.201.0.3' },
  resolvers: ['10.201.0.2'],
};

test('S3, A15: no capability, no new privileges, no device, no host namespace', () => {
  const { HostConfig } = createBody(plan);
  expect(HostConfig).toMatchObject({
    CapDrop: ['ALL'],
    Privileged: false,
    SecurityOpt: ['no-new-privileges'],
    IpcMode: 'private',
    CgroupnsMode: 'private',
    NetworkMode: 'net',
    Dns: ['10.201.0.2'],
  });
  const granted = [
    'CapAdd',
    'Devices',
    'Binds',
    'PidMode',
    'UTSMode',
    'UsernsMode',
    'VolumesFrom',
    'Links',
    'PortBindings',
    'ExtraHosts',
  ];
  for (const key of granted) expect(HostConfig).not.toHaveProperty(key);
});

test('S3: one who brings a resolv.conf along is given no name server of the engine', () => {
  expect(createBody(plan).HostConfig).not.toHaveProperty('DnsOptions');
  // No number: what the engine reads before it sets its name server up, and gives up at.
  expect(createBody({ ...plan, sparesNameServer: true }).HostConfig).toMatchObject({
    Dns: ['10.201.0.2'],
    DnsOptions: ['ndots:none'],
  });
});

test('E8: every limit is set, and swap adds nothing to memory', () => {
  const { HostConfig } = createBody(plan);
  expect(HostConfig).toMatchObject({
    Memory: 1024,
    MemorySwap: 1024,
    NanoCpus: 1_500_000_000,
    PidsLimit: 64,
  });
  expect(HostConfig.Ulimits).toEqual([
    { Name: 'nofile', Soft: 100, Hard: 100 },
    { Name: 'core', Soft: 0, Hard: 0 },
  ]);
  expect(HostConfig).not.toHaveProperty('StorageOpt');
  const quota = createBody({ ...plan, limits: { ...plan.limits, diskBytes: 1024 ** 3 } });
  expect(quota.HostConfig).toMatchObject({ StorageOpt: { size: '1073741824' } });
  const bounded = createBody({ ...plan, limits: { ...plan.limits, processesOfUser: 9 } });
  expect(bounded.HostConfig.Ulimits).toContainEqual({ Name: 'nproc', Soft: 9, Hard: 9 });
});

test('a hardware address is named where the plan has one', () => {
  const network = { name: 'inside', address: '10.240.3.18' };
  const endpoint = (more: object) =>
    createBody({ ...plan, network: { ...network, ...more } }).NetworkingConfig;
  expect(endpoint({})).toEqual({
    EndpointsConfig: { inside: { IPAMConfig: { IPv4Address: '10.240.3.18' } } },
  });
  expect(endpoint({ hardwareAddress: '02:42:0a:f0:03:12' })).toMatchObject({
    EndpointsConfig: { inside: { MacAddress: '02:42:0a:f0:03:12' } },
  });
});

test('the one mount does not propagate', () => {
  expect(createBody(plan).HostConfig.Mounts).toEqual([
    {
      Type: 'bind',
      Source: '/srv',
      Target: '/workspace',
      ReadOnly: false,
      BindOptions: { Propagation: 'rprivate' },
    },
  ]);
});

test("the image's own entry point is not used, and words stay words", () => {
  expect(createBody(plan)).toMatchObject({
    Entrypoint: ['/gate'],
    Cmd: ['node', 'a b'],
    Env: ['A=1', 'B=x=y'],
  });
});

test('the address on the network is ours', () => {
  expect(createBody(plan).NetworkingConfig).toEqual({
    EndpointsConfig: { net: { IPAMConfig: { IPv4Address: '10.201.0.3' } } },
  });
});

test('a container can join the namespaces of another, and then has no network of its own', () => {
  const body = createBody({ ...plan, network: { ofContainer: 'abc' }, processesOf: 'abc' });
  expect(body.HostConfig).toMatchObject({ NetworkMode: 'container:abc', PidMode: 'container:abc' });
  expect(body).not.toHaveProperty('NetworkingConfig');
  expect(body).not.toHaveProperty('Hostname');
  expect(body.HostConfig).not.toHaveProperty('Dns');
});

test('a runtime and a seccomp profile are passed on where an isolation level sets them', () => {
  const { HostConfig } = createBody({ ...plan, runtime: 'runsc', seccomp: '{"defaultAction":"x"}' });
  expect(HostConfig).toMatchObject({ Runtime: 'runsc' });
  expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges', 'seccomp={"defaultAction":"x"}']);
});

test('AppArmor’s profile is the engine’s own unless one is named', () => {
  expect(createBody(plan).HostConfig.SecurityOpt.join(' ')).not.toContain('apparmor');
  expect(createBody({ ...plan, appArmor: 'tradebox' }).HostConfig.SecurityOpt).toContain('apparmor=tradebox');
});

test('the end of a pipe reaches the program; a terminal outlives who was attached to it', () => {
  expect(createBody({ ...plan, hasTerminal: false }).StdinOnce).toBe(true);
  expect(createBody({ ...plan, hasTerminal: true }).StdinOnce).toBe(false);
  expect(createBody({ ...plan, hasTerminal: false, hasStdin: false }).StdinOnce).toBe(false);
});

test('what tells of this machine is masked, the engine’s own list included', () => {
  const { HostConfig } = createBody(plan);
  const byDefault =
    '/proc/acpi /proc/asound /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/timer_stats /proc/sched_debug /proc/scsi /sys/firmware';
  expect(HostConfig.MaskedPaths).toEqual(expect.arrayContaining(byDefault.split(' ')));
  expect(HostConfig.ReadonlyPaths).toEqual([
    '/proc/bus',
    '/proc/fs',
    '/proc/irq',
    '/proc/sys',
    '/proc/sysrq-trigger',
  ]);
});

test('S2: an own preference about swap is asked for where the group has one, and nowhere else', () => {
  expect(createBody(plan).HostConfig).toMatchObject({ Memory: 1024, MemorySwap: 1024 });
  expect(createBody(plan).HostConfig).not.toHaveProperty('MemorySwappiness');
  expect(createBody({ ...plan, shunsSwap: true }).HostConfig).toMatchObject({ MemorySwappiness: 0 });
});
