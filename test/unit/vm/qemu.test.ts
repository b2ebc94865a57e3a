import { expect, test } from 'vitest';
import {
  machineArguments,
  probeArguments,
  resumeArguments,
  snapshotArguments,
} from '../../../src/vm/qemu.js';
import type { MachineRequest } from '../../../src/vm/requests.js';

const request = { accelerator: 'tcg', memoryMb: 512, cpus: 2 } as MachineRequest;
const valuesOf = (words: readonly string[], option: string) =>
  words.filter((_word, index) => words[index - 1] === option);

test('a machine has two disks, the working directory, one network card, and nothing that QEMU adds by itself', () => {
  const words = machineArguments(request);
  expect(words).toEqual(expect.arrayContaining(['-nodefaults', '-no-user-config', '-no-reboot']));
  expect(valuesOf(words, '-device').map((device) => device.split(',')[0])).toEqual([
    'virtio-serial-pci',
    'virtserialport',
    'virtio-rng-pci',
    'virtio-blk-pci',
    'virtio-blk-pci',
    'virtio-9p-pci',
    'virtio-net-pci',
    'virtio-balloon-pci',
  ]);
  expect(valuesOf(words, '-netdev')).toHaveLength(1);
  expect(valuesOf(words, '-fsdev')[0]).toContain('path=/workspace');
  expect(words.join(' ')).not.toMatch(/hostfwd|guestfwd|smb=|tftp/);
});

test('the agent’s disk is never written, and QEMU itself may start nothing', () => {
  const words = machineArguments(request);
  expect(valuesOf(words, '-drive').find((drive) => drive.includes('root.squashfs'))).toContain('readonly=on');
  expect(valuesOf(words, '-sandbox')[0]).toContain('spawn=deny');
});

test('KVM is used where it is asked for; a probe has no disk, no directory and no network', () => {
  expect(valuesOf(machineArguments({ ...request, accelerator: 'kvm' }), '-accel')).toEqual(['kvm']);
  const words = probeArguments('tcg');
  expect(words).not.toContain('-drive');
  expect(words).not.toContain('-fsdev');
  expect(words).not.toContain('-netdev');
});

test('a machine resumes with the devices its snapshot was taken of, and its own disk', () => {
  const [taken, resumed] = [snapshotArguments(request), resumeArguments(request, 3)];
  expect(valuesOf(resumed, '-device')).toEqual(valuesOf(taken, '-device'));
  expect(valuesOf(resumed, '-cpu')).toEqual(valuesOf(taken, '-cpu'));
  expect(valuesOf(resumed, '-incoming')).toEqual(['fd:3']);
  expect(valuesOf(resumed, '-sandbox')[0]).toContain('spawn=deny');
  const disks = (words: readonly string[]) =>
    valuesOf(words, '-drive').map((drive) => /file=([^,]+)/.exec(drive)?.[1]);
  expect(disks(taken)).toEqual(['/vm/root.squashfs', '/vm/snapshot/scratch.qcow2']);
  expect(disks(resumed)).toEqual(['/vm/root.squashfs', '/vm/own/scratch.qcow2']);
});

test('a busy host that brings timer interrupts late ends no boot', () => {
  for (const words of [machineArguments(request), probeArguments('tcg')])
    expect(valuesOf(words, '-append')[0]?.split(' ')).toContain('no_timer_check');
});
