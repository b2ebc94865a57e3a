import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { asPodmanTakesIt, networkAsPodmanTakesIt } from '../../../../src/sandbox/docker/podman.js';
import type { ContainerPlan } from '../../../../src/sandbox/docker/shapes.js';

test('the profile is a private file while the container is created; memory file systems lose their owner', async () => {
  const plan = {
    seccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}',
    limits: { pids: 64 },
    sparesNameServer: true,
    network: { name: 'inside', address: '10.240.3.18' },
    tmpfs: { '/run/own': 'rw,size=1m,mode=0700,uid=7,gid=8', '/run/any': 'rw,mode=0755' },
  } as unknown as ContainerPlan;
  let path = '';
  const made = await asPodmanTakesIt(plan, async (asked) => {
    path = asked.seccomp ?? '';
    expect(readFileSync(path, 'utf8')).toBe(plan.seccomp);
    expect(asked.tmpfs).toEqual({ '/run/own': 'rw,size=1m,mode=1777', '/run/any': 'rw,mode=0755' });
    expect(asked.sparesNameServer).toBe(false);
    expect(asked.limits).toEqual({ pids: 64, processesOfUser: expect.any(Number) });
    // As Docker makes it: a new sidecar has its predecessor's.
    expect(asked.network).toEqual({ ...plan.network, hardwareAddress: '02:42:0a:f0:03:12' });
    return 'id';
  });
  expect(made).toBe('id');
  expect(existsSync(path)).toBe(false);
  const joined = { ...plan, network: { ofContainer: 'agent' } };
  await asPodmanTakesIt(joined, async ({ network }) => {
    expect(network).toEqual(joined.network);
    return 'id';
  });
});

test('every network has a bridge of its own name, which Linux takes', () => {
  const options = { 'com.docker.network.bridge.inhibit_ipv4': 'true' };
  const names = ['tradebox-a-1f2e-inside', 'tradebox-a-1f2e-egress', 'tradebox-a-77aa-inside'];
  const bridges = names.map((name) => {
    const plan = { name, labels: {}, subnet: '10.222.1.0/28', isInternal: true, options };
    const { options: asked, ...rest } = networkAsPodmanTakesIt(plan);
    expect({ ...rest, options }).toEqual(plan);
    expect(asked).toMatchObject(options);
    return asked['com.docker.network.bridge.name'];
  });
  expect(new Set(bridges).size).toBe(names.length);
  for (const bridge of bridges) expect(bridge).toMatch(/^tb[0-9a-f]{1,13}$/);
});
