import { expect, test } from 'vitest';
import { limitsCheck } from '../../../../src/diagnose/checks/limits.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const told = (
  lines: readonly string[],
  { exitCode = 0, isolation = 'container' as 'container' | 'gvisor' | 'vm' } = {},
) =>
  limitsCheck.run(
    fakeContext({
      box: fakeBox({ isolation, exec: async () => ({ exitCode, stdout: lines.join('\n'), stderr: '' }) }),
    }),
  );
const total = 'MemTotal:        8000000 kB';

test('both limits hold, or it is said which does not', async () => {
  expect(await told(['268435456', '50', total])).toMatchObject({
    status: 'pass',
    observed: '256 MB, 50 processes',
  });
  expect(await told(['max', '50', total])).toMatchObject({
    status: 'fail',
    observed: expect.stringContaining('no limit of memory:'),
  });
  expect(await told(['9223372036854771712', 'max', total])).toMatchObject({
    status: 'fail',
    observed: expect.stringContaining('memory and processes'),
  });
  expect(await told(['268435456', 'none', total])).toMatchObject({ status: 'fail' });
});

test('a kernel of the box’s own tells what it has; what cannot be read fails', async () => {
  expect(await told(['none', 'none', total], { isolation: 'vm' })).toMatchObject({ status: 'pass' });
  expect(await told([], { isolation: 'vm' })).toMatchObject({ status: 'fail' });
  expect(await told(['268435456', '50', total], { exitCode: 1 })).toMatchObject({ status: 'fail' });
});

test('E8: at gVisor a runtime that hides the disk from its watch is told', async () => {
  const at = (root: string) => told(['none', 'none', total, root], { isolation: 'gvisor' });
  expect(await at('v9fs')).toMatchObject({ status: 'pass' });
  expect(await at('overlayfs')).toMatchObject({
    status: 'warn',
    observed: expect.stringContaining('overlayfs over the root'),
    remedy: expect.stringContaining('--overlay2=none'),
  });
  expect(await at('')).toMatchObject({ status: 'warn' });
});
