import { expect, test } from 'vitest';
import type { Monitor } from '../../../src/vm/monitor.js';
import { save } from '../../../src/vm/snapshot.js';

/** A QEMU whose writing ends so; the commands it was given. */
function machine(status: string) {
  const commands: string[] = [];
  let quit = () => {};
  const died = new Promise<void>((resolve) => {
    quit = resolve;
  });
  const monitor = {
    execute: async (command: string) => {
      commands.push(command);
      if (command === 'quit') quit();
    },
    event: async () => ({ status }),
  } as unknown as Monitor;
  return { machine: { monitor, died }, commands };
}

test('a machine is written out as it runs, then ended; never stopped, or it would not run when it is read in', async () => {
  const { machine: booted, commands } = machine('completed');
  await save(booted);
  expect(commands.slice(-2)).toEqual(['migrate', 'quit']);
  expect(commands).not.toContain('stop');
});

test('one that QEMU could not write is no snapshot', async () => {
  await expect(save(machine('failed').machine)).rejects.toThrow('did not write');
});
