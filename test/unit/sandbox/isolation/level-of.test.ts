import { expect, test } from 'vitest';
import { execPlanAt, isolationOf } from '../../../../src/sandbox/isolation/level-of.js';
import { labelNames } from '../../../../src/sandbox/names.js';

test('a box’s level is what its label names; an unknown or missing one claims nothing', () => {
  expect(isolationOf({ [labelNames.isolation]: 'gvisor' })).toBe('gvisor');
  expect(isolationOf({ [labelNames.isolation]: 'fortress' })).toBe('container');
  expect(isolationOf({})).toBe('container');
});

test('a command goes into the machine through its runner, whose own process gets no rights for it', () => {
  const plan = { argv: ['tar', '-x'], user: '0:0', isPrivileged: true, hasTerminal: false, hasStdin: true };
  expect(execPlanAt('container', plan)).toBe(plan);
  expect(execPlanAt('gvisor', plan)).toBe(plan);
  const inside = execPlanAt('vm', plan);
  expect(inside).toMatchObject({ hasTerminal: false, hasStdin: true });
  expect(inside).not.toHaveProperty('user');
  expect(inside).not.toHaveProperty('isPrivileged');
  expect(inside.argv.slice(0, 3)).toEqual(['node', '/vm/vm.cjs', 'exec']);
  expect(JSON.parse(inside.argv[3] ?? '')).toEqual({ ...plan, environment: {} });
});
