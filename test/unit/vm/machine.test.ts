import { closeSync, openSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { kinds, seedBytes } from '../../../src/vm/frames.js';
import { type Machine, type Place, shapeText, startMachine } from '../../../src/vm/machine.js';
import type { MachineRequest } from '../../../src/vm/requests.js';

const request = { accelerator: 'tcg', memoryMb: 512, cpus: 2 } as MachineRequest;

/** A container whose QEMU answers or not; what was done in it. */
function place(shape: string | undefined, answers: (arguments_: readonly string[]) => boolean) {
  const done: string[] = [];
  const seeds: Buffer[] = [];
  const ground: Place = {
    start: async (arguments_) => {
      done.push(arguments_.includes('-incoming') ? 'resume' : 'boot');
      const machine = {
        qemu: { kill: () => done.push('kill') },
        switchboard: {
          send: (_channel: number, kind: number, data: Buffer) => {
            done.push(kind === kinds.seed ? 'seed' : 'something else');
            seeds.push(data);
          },
        },
        died: Promise.resolve(),
        booted: answers(arguments_) ? Promise.resolve('Linux') : new Promise<string>(() => {}),
      };
      return machine as unknown as Machine;
    },
    copyDisk: (from) => done.push(from),
    snapshotShape: () => shape,
    openSnapshot: () => openSync('/dev/null', 'r'),
    resumeDeadlineMs: 20,
  };
  return { ground, done, seeds };
}

test('resumed, a machine gets a seed of its own before anything else', async () => {
  const { ground, done, seeds } = place(shapeText(request), () => true);
  await startMachine(request, ground);
  await startMachine(request, ground);
  const once = ['/vm/snapshot/scratch.qcow2', 'resume', 'seed'];
  expect(done).toEqual([...once, ...once]);
  expect(seeds.map((seed) => seed.length)).toEqual([seedBytes, seedBytes]);
  expect(seeds[0]).not.toEqual(seeds[1]);
});

test('one that does not answer is ended and booted from an empty disk, and it is said', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { ground, done } = place(shapeText(request), (words) => !words.includes('-incoming'));
  await startMachine(request, ground);
  expect(done).toEqual(['/vm/snapshot/scratch.qcow2', 'resume', 'seed', 'kill', '/vm/scratch.qcow2', 'boot']);
  expect(said.mock.calls.join()).toContain('it does not answer');
  said.mockRestore();
});

test('without a snapshot, with that of another shape, or where the processor runs it, it boots', async () => {
  const other = shapeText({ memoryMb: 1024, cpus: 2 });
  const cases: [string | undefined, MachineRequest][] = [
    [undefined, request],
    [other, request],
    [shapeText(request), { ...request, accelerator: 'kvm' }],
  ];
  for (const [shape, asked] of cases) {
    const { ground, done } = place(shape, () => true);
    await startMachine(asked, ground);
    expect(done).toEqual(['/vm/scratch.qcow2', 'boot']);
  }
});

test('the snapshot’s stream is closed again', async () => {
  const { ground } = place(shapeText(request), () => true);
  let opened = -1;
  await startMachine(request, {
    ...ground,
    openSnapshot: () => {
      opened = openSync('/dev/null', 'r');
      return opened;
    },
  });
  expect(() => closeSync(opened)).toThrow('EBADF');
});
