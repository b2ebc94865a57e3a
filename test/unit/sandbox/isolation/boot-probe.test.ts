import { expect, test } from 'vitest';
import { bootedKernel, machineBoot, runtimeBoot } from '../../../../src/sandbox/isolation/boot-probe.js';
import { labelNames } from '../../../../src/sandbox/names.js';
import { fakeEngine } from './fake-engine.js';

const identity = {
  name: 'boot-1',
  id: 'f',
  profile: 'boot probe',
  mode: 'readonly',
  isPaper: false,
  createdAt: '',
};

test('the kernel is what the container printed; container and network go, and carry a name that reset would find', async () => {
  const { engine, created, removed } = fakeEngine(['runsc'], () => ' Linux version 4.4.0 \n');
  expect(await bootedKernel(engine, runtimeBoot('runsc', 'image'), identity)).toBe('Linux version 4.4.0');
  expect(created[0]).toMatchObject({
    runtime: 'runsc',
    mounts: [],
    labels: { [labelNames.box]: 'boot-1', [labelNames.role]: 'probe' },
    network: { name: 'tradebox-boot-1-boot' },
  });
  expect(removed).toEqual(['container', 'network']);
});

test('a start that fails is thrown as it is, and nothing stays', async () => {
  const { engine, removed } = fakeEngine(['runsc'], () => {
    throw new Error('OCI runtime start failed');
  });
  await expect(bootedKernel(engine, runtimeBoot('runsc', 'image'), identity)).rejects.toThrow(
    'OCI runtime start failed',
  );
  expect(removed).toEqual(['container', 'network']);
});

test('a machine is booted as the agent’s user; /dev/kvm is there only where its help is tried, and given up on sooner', () => {
  const fast = machineBoot('kvm', 'machine:1', '1000:100', 104);
  expect(fast.plan).toMatchObject({ user: '1000:100', devices: ['/dev/kvm'], groups: [104] });
  const slow = machineBoot('tcg', 'machine:1', '1000:100', 104);
  expect(slow.plan.devices).toBeUndefined();
  expect(slow.plan.groups).toBeUndefined();
  expect(fast.deadlineMs).toBeLessThan(slow.deadlineMs);
});
