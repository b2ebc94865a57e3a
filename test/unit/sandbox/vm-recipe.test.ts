import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  machineDiskDockerfile,
  machineDockerfile,
  machineSnapshotDockerfile,
  machineSources,
} from '../../../src/sandbox/vm-recipe.js';
import { repositoryRoot } from '../../support/repository.js';

test('every source of the machine’s first program goes into its image', () => {
  expect([...machineSources]).toEqual(readdirSync(join(repositoryRoot, 'images/vm')).sort());
  const copied = machineDockerfile('base:1')
    .split('\n')
    .find((line) => line.startsWith('COPY filter.rules'));
  for (const source of machineSources) expect(copied).toContain(` ${source} `);
});

test('the kernel is fetched with the options that reach this host’s mirror, while its lists are there', () => {
  const line =
    machineDockerfile('base:1')
      .split('\n')
      .find((each) => each.includes('linux-image')) ?? '';
  expect(line).not.toContain('$apt');
  expect(line.indexOf('apt-get -o Acquire')).toBeLessThan(line.indexOf('linux-image'));
  expect(line.indexOf('download')).toBeLessThan(line.indexOf('rm -rf /var/lib/apt/lists'));
});

test('no compiler is in the machine’s image, and no set-user-ID program', () => {
  const last = machineDockerfile('base:1').split('FROM base:1\n')[1] ?? '';
  expect(last).not.toContain('gcc');
  expect(last).toContain('-perm /6000 -exec chmod a-s');
});

test('the disk is made of the agent’s image and nothing of the packing is on it', () => {
  const lines = machineDiskDockerfile('machine:1', 'agent:1').trim().split('\n');
  expect(lines).toContain('FROM agent:1 AS pack');
  expect(lines.find((line) => line.includes('mksquashfs / '))).toMatch(
    /-one-file-system -e root\.squashfs -e pack/,
  );
  expect(lines.slice(-2)).toEqual(['FROM machine:1', 'COPY --from=pack /root.squashfs /vm/root.squashfs']);
});

test('a snapshot is taken of the agent’s machine alone, for one shape: nothing of a box goes into the image', () => {
  const lines = machineSnapshotDockerfile('disk:1', { memoryMb: 512, cpus: 2, box: 'mine' } as never)
    .trim()
    .split('\n');
  expect(lines).toEqual([
    'FROM disk:1',
    'RUN ["node", "/vm/vm.cjs", "snapshot", "{\\"memoryMb\\":512,\\"cpus\\":2}"]',
  ]);
});

test('E8: the keeper is in the image, above the machine', () => {
  expect(machineDockerfile('base:1').split('\n')).toContain('COPY keeper /opt/tradebox/keeper');
});
