import { expect, test } from 'vitest';
import { chooseIsolation } from '../../../../src/sandbox/isolation/choose.js';
import { kataLevel } from '../../../../src/sandbox/isolation/kata.js';
import { factsWith, fakeEngine, hostKernel } from './fake-engine.js';

const ground = (stateDir: string) => ({
  stateDir,
  image: 'sidecar:1',
  nowMs: 1_000_000,
  user: '1000:100',
  machines: { machine: async () => 'machine:1', withAgent: async () => 'machine-agent:1' },
  hasKvm: false,
});

test('it is there where one of its names is registered, and the agent runs on that runtime under the filter', () => {
  const found = kataLevel.find(factsWith(['runc', 'kata-runtime']));
  expect(found).toMatchObject({ isThere: true, kind: 'runtime', runtime: 'kata-runtime' });
  if (!found.isThere || found.kind !== 'runtime') throw new Error('not a runtime');
  expect(found.isolation.adapt({} as never)).toMatchObject({
    runtime: 'kata-runtime',
    seccomp: expect.stringContaining('SCMP_ACT_ERRNO'),
  });
  expect(kataLevel.find(factsWith(['runc', 'kata-of-another-kind']))).toMatchObject({
    isThere: false,
    remedy: expect.stringContaining('--isolation vm'),
  });
});

test('a runtime of that name which starts nothing, or runs on the host’s kernel, is not the level', async () => {
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const home = () => mkdtempSync(`${tmpdir()}/tradebox-kata-`);
  const broken = fakeEngine(['kata'], () => {
    throw new Error('no /dev/kvm');
  });
  await expect(chooseIsolation(broken.engine, 'kata', ground(home()))).rejects.toThrow('no /dev/kvm');
  const pretender = fakeEngine(['kata'], () => `Linux version ${hostKernel}`);
  await expect(chooseIsolation(pretender.engine, 'kata', ground(home()))).rejects.toThrow("host's kernel");
  const real = fakeEngine(['kata'], () => 'Linux version 6.12.0-kata\n');
  expect((await chooseIsolation(real.engine, 'kata', ground(home()))).isolation.id).toBe('kata');
});
