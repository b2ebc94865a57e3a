import { expect, test } from 'vitest';
import { isolationCheck } from '../../../../src/diagnose/checks/isolation.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const judged = async (isolation: 'container' | 'gvisor', version: string, exitCode = 0) =>
  isolationCheck.run(
    fakeContext({
      box: fakeBox({ isolation, exec: async () => ({ exitCode, stdout: version, stderr: '' }) }),
    }),
  );

test('a container shares this machine’s kernel, and the check says so', async () => {
  expect(await judged('container', 'Linux version 6.1.0-host (x)')).toMatchObject({
    status: 'pass',
    observed: expect.stringContaining('shares this machine'),
  });
});

test('gVisor is another kernel; this machine’s own behind that name fails', async () => {
  expect((await judged('gvisor', 'Linux version 4.4.0')).status).toBe('pass');
  expect((await judged('gvisor', 'Linux version 6.1.0-host (x)')).status).toBe('fail');
});

test('silence is not a pass', async () => {
  expect((await judged('container', '')).status).toBe('fail');
  expect((await judged('container', 'Linux version 6.1.0-host', 1)).status).toBe('fail');
});
