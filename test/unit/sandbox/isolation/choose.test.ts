import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertNamed, chooseIsolation } from '../../../../src/sandbox/isolation/choose.js';
import { fakeEngine, hostKernel } from './fake-engine.js';

const ground = (nowMs = 1_000_000, stateDir = mkdtempSync(join(tmpdir(), 'tradebox-choose-'))) => ({
  stateDir,
  image: 'sidecar:1',
  nowMs,
  user: '1000:100',
  machines: { machine: async () => 'machine:1', withAgent: async () => 'machine-agent:1' },
  hasKvm: false,
});
const adaptable = { user: '1000:100', limits: {}, resolvers: [] } as never;
const gvisorKernel = () => 'Linux version 4.4.0\n';
const broken = () => {
  throw new Error('cannot run with network enabled in root network namespace');
};

test('a container is taken without asking the engine anything', async () => {
  const { engine, created } = fakeEngine(['runc', 'tradebox-runsc'], gvisorKernel);
  const { isolation, why } = await chooseIsolation(engine, 'container', ground());
  expect(isolation.id).toBe('container');
  expect(why).toContain(hostKernel);
  expect(created).toEqual([]);
});

test('gVisor is booted once in an image of ours, then believed for a while', async () => {
  const first = fakeEngine(['runc', 'runsc'], gvisorKernel);
  const here = ground();
  const { isolation, why } = await chooseIsolation(first.engine, 'gvisor', here);
  expect(isolation.adapt({ mounts: [], tmpfs: {} } as never)).toMatchObject({ runtime: 'runsc' });
  expect(why).toContain('4.4.0');
  expect(first.created).toMatchObject([{ image: 'sidecar:1', runtime: 'runsc', user: '65534:65534' }]);
  expect(first.removed).toEqual(['container', 'network']);

  const again = fakeEngine(['runc', 'runsc'], broken);
  await chooseIsolation(again.engine, 'gvisor', { ...here, nowMs: here.nowMs + 3_600_000 });
  expect(again.created).toEqual([]);
  await expect(
    chooseIsolation(again.engine, 'gvisor', { ...here, nowMs: here.nowMs + 24 * 3_600_000 }),
  ).rejects.toMatchObject({ code: 'ISOLATION_UNAVAILABLE' });
});

test('asked for by name, a level that is not there, does not start or is not what it says is an error with a remedy', async () => {
  const absent = fakeEngine(['runc'], gvisorKernel).engine;
  const cases = [
    [absent, 'gvisor', 'no runtime named'],
    [fakeEngine([], broken).engine, 'vm', 'no machine boots here'],
    [fakeEngine(['runsc'], broken).engine, 'gvisor', 'root network namespace'],
    [fakeEngine(['runsc'], () => `Linux version ${hostKernel}`).engine, 'gvisor', "see the host's kernel"],
    [fakeEngine(['runsc'], () => '').engine, 'gvisor', 'printed nothing'],
  ] as const;
  for (const [engine, wish, message] of cases) {
    await expect(chooseIsolation(engine, wish, ground()), message).rejects.toMatchObject({
      code: 'ISOLATION_UNAVAILABLE',
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/\S/),
    });
  }
  await expect(assertNamed(absent, 'gvisor')).rejects.toMatchObject({ code: 'ISOLATION_UNAVAILABLE' });
  await assertNamed(absent, 'auto');
});

test('a failure is looked at again when asked by name: its user may have mended it', async () => {
  const here = ground();
  await expect(chooseIsolation(fakeEngine(['runsc'], broken).engine, 'gvisor', here)).rejects.toThrow();
  const mended = await chooseIsolation(fakeEngine(['runsc'], gvisorKernel).engine, 'gvisor', here);
  expect(mended.isolation.id).toBe('gvisor');
});

test('auto takes the strongest that boots, and says why nothing stronger', async () => {
  const strong = await chooseIsolation(fakeEngine(['runsc'], gvisorKernel).engine, 'auto', ground());
  expect(strong.isolation.id).toBe('gvisor');
  expect(strong.why).toMatch(/4\.4\.0.*; no vm: /);

  const here = ground();
  const weak = await chooseIsolation(fakeEngine(['runsc'], broken).engine, 'auto', here);
  expect(weak.isolation.id).toBe('container');
  expect(weak.why).toMatch(/shares the kernel .*; no vm: .*; no gvisor: cannot run/);
  const soon = fakeEngine(['runsc'], gvisorKernel);
  expect((await chooseIsolation(soon.engine, 'auto', here)).isolation.id).toBe('container');
  expect(soon.created).toEqual([]);
  const later = { ...here, nowMs: here.nowMs + 3_600_000 };
  expect((await chooseIsolation(soon.engine, 'auto', later)).isolation.id).toBe('gvisor');
});

test('a machine is started with the processor’s help where that boots one, else slowly and with a warning', async () => {
  const machineKernel = () => 'Linux 6.1.0-debian\n';
  const fast = fakeEngine([], machineKernel);
  const withKvm = await chooseIsolation(fast.engine, 'vm', { ...ground(), hasKvm: true, kvmGroup: 104 });
  expect(withKvm.warning).toBeUndefined();
  expect(withKvm.why).toMatch(/kvm.*6\.1\.0-debian/);
  expect(withKvm.isolation.adapt(adaptable)).toMatchObject({
    image: 'machine-agent:1',
    devices: ['/dev/kvm'],
  });

  const without = await chooseIsolation(fakeEngine([], machineKernel).engine, 'vm', ground());
  expect(without.warning).toMatch(/no \/dev\/kvm.*ten times slower/);
  expect(without.isolation.adapt(adaptable).devices).toBeUndefined();
});

test('auto takes a machine only with the processor’s help: its makers promise isolation for that alone', async () => {
  const here = { ...ground(), hasKvm: true };
  const strong = await chooseIsolation(fakeEngine([], () => 'Linux 6.1.0-debian').engine, 'auto', here);
  expect(strong.isolation.id).toBe('vm');
  const hung = await chooseIsolation(fakeEngine([], broken).engine, 'auto', { ...ground(), hasKvm: true });
  expect(hung.isolation.id).toBe('container');
  expect(hung.why).toMatch(/no vm: \/dev\/kvm starts no machine here/);
});
