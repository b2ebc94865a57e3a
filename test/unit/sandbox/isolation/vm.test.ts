import { expect, test } from 'vitest';
import type { ContainerPlan } from '../../../../src/sandbox/docker/shapes.js';
import { vmLevel, vmOn } from '../../../../src/sandbox/isolation/vm.js';
import { factsWith } from './fake-engine.js';

const plan = {
  image: 'agent:1',
  argv: ['gate', 'agent'],
  environment: { OKX_API_KEY: 'decoy' },
  user: '1000:100',
  workingDir: '/workspace',
  hostName: 'box',
  hasTerminal: true,
  hasStdin: true,
  limits: { memoryBytes: 2 * 1024 ** 3, cpus: 1.5, pids: 300, openFiles: 9000 },
  tmpfs: { '/workspace/.vscode': 'rw' },
  resolvers: ['10.0.0.2'],
} as unknown as ContainerPlan;

test('it needs nothing of the engine but a processor that its machines are made for', () => {
  expect(vmLevel.find(factsWith([]))).toMatchObject({ isThere: true, kind: 'machine' });
  expect(vmLevel.find({ ...factsWith(['kata']), architecture: 'arm64' })).toMatchObject({
    isThere: false,
    reason: expect.stringContaining('arm64'),
    remedy: expect.stringContaining('--isolation gvisor'),
  });
});

test('the container around the machine is the agent’s, with room for QEMU; what the agent was is what the machine runs', () => {
  const adapted = vmOn('tcg', 'machine-agent:1').adapt(plan);
  expect(adapted).toMatchObject({ image: 'machine-agent:1', environment: {}, workingDir: '/' });
  expect(adapted.devices).toBeUndefined();
  expect(adapted.seccomp).toContain('SCMP_ACT_ERRNO');
  expect(adapted.tmpfs).toMatchObject({
    '/workspace/.vscode': 'rw',
    '/run/vm': expect.stringContaining('uid=1000'),
  });
  expect(adapted.limits?.memoryBytes).toBeGreaterThan(plan.limits.memoryBytes);
  expect(adapted.limits?.cpus).toBe(1.5);
  expect(JSON.parse(adapted.argv?.[3] ?? '')).toMatchObject({
    accelerator: 'tcg',
    memoryMb: 2048,
    cpus: 2,
    resolver: expect.stringMatching(/^nameserver 10\.0\.0\.2\n/),
    limits: { pids: 300, openFiles: 9000 },
    main: {
      argv: ['gate', 'agent'],
      environment: { OKX_API_KEY: 'decoy' },
      user: '1000:100',
      hasTerminal: true,
    },
  });
});

test('/dev/kvm, and the group that may open it, come in only where it was proven', () => {
  expect(vmOn('kvm', 'machine-agent:1', 104).adapt(plan)).toMatchObject({
    devices: ['/dev/kvm'],
    groups: [104],
  });
});
