import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ContainerPlan } from '../../../../src/sandbox/docker/shapes.js';
import { gvisorLevel, gvisorOn } from '../../../../src/sandbox/isolation/gvisor.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';
import { factsWith } from './fake-engine.js';

test('our own registration goes before the usual name', () => {
  const found = gvisorLevel.find(factsWith(['runc', 'runsc', 'tradebox-runsc']));
  expect(found).toMatchObject({ isThere: true, runtime: 'tradebox-runsc' });
  expect(gvisorLevel.find(factsWith(['runc', 'runsc']))).toMatchObject({
    isThere: true,
    runtime: 'runsc',
  });
});

test('without a runtime the user is told how to get one', () => {
  expect(gvisorLevel.find(factsWith(['runc', 'runsc-of-another-kind']))).toMatchObject({
    isThere: false,
    remedy: expect.stringContaining('install-gvisor'),
  });
});

test('S13: a directory mounted read-only over the working directory is hidden, for its files could be emptied; the rest stays', () => {
  const workdir = temporaryDir();
  writeFile(join(workdir, '.vscode/tasks.json'), '{}');
  const mount = (name: string, isReadOnly: boolean) => ({
    source: join(workdir, name),
    target: join('/workspace', name),
    isReadOnly,
  });
  const handover = { source: workdir, target: '/run/tradebox', isReadOnly: true };
  const kept = [
    mount('', false),
    mount('.git', false),
    mount(writeFile(join(workdir, '.envrc'), '').slice(workdir.length), true),
    handover,
  ];
  const plan = { mounts: [...kept, mount('.vscode', true)], tmpfs: { '/workspace/.idea': 'rw' } };
  const adapted = gvisorOn('runsc').adapt(plan as unknown as ContainerPlan);
  expect(adapted.mounts).toEqual(kept);
  expect(adapted.tmpfs).toEqual({
    '/workspace/.idea': 'rw',
    '/workspace/.vscode': 'ro,nosuid,nodev,noexec,size=4096',
  });
});
