import { expect, test } from 'vitest';
import { type MachineRequest, setupFields, startFields } from '../../../src/vm/requests.js';

const main: MachineRequest['main'] = {
  argv: ['agent', ''],
  environment: { HOME: '/home/agent', A: '1' },
  user: '1000:100',
  workingDir: '/workspace',
  hasTerminal: false,
  hasStdin: false,
};

test('a process takes from the main one what it does not say itself', () => {
  const bare = { argv: ['ls'], environment: { A: '2' }, hasTerminal: false, hasStdin: false };
  expect(startFields(bare, main)).toEqual([
    ['a', 'ls'],
    ['e', 'HOME=/home/agent'],
    ['e', 'A=2'],
    ['d', '/workspace'],
    ['u', '1000:100'],
  ]);
  const root = { ...bare, user: '0:0', workingDir: '/', isPrivileged: true, hasStdin: true };
  expect(startFields(root, main).slice(3)).toEqual([
    ['d', '/'],
    ['u', '0:0'],
    ['x', ''],
    ['s', ''],
  ]);
  expect(startFields({ ...bare, hasTerminal: true }, main, { rows: 3, columns: 9 }).at(-1)).toEqual([
    't',
    '3 9',
  ]);
});

test('a machine names the sidecar as its resolver and knows its own name', () => {
  const fields = setupFields({
    accelerator: 'tcg',
    memoryMb: 512,
    cpus: 1,
    hostName: 'box',
    resolver: 'nameserver 10.0.0.2\n',
    limits: { pids: 64, openFiles: 1024 },
    main,
  });
  expect(fields).toContainEqual(['r', 'nameserver 10.0.0.2\n']);
  expect(fields).toContainEqual(['p', '64']);
  expect(fields.find(([name]) => name === 'n')?.[1]).toMatch(
    /127\.0\.0\.1\tlocalhost\n192\.0\.2\.\d+\tbox\n/,
  );
});
