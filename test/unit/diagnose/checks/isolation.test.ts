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

test('a runtime that empties what is mounted read-only fails; at gVisor it has to be tried', async () => {
  const told = (isolation: 'container' | 'gvisor' | 'vm', isKept: boolean | undefined) =>
    isolationCheck.run(
      fakeContext({
        box: fakeBox({
          isolation,
          exec: async () => ({ exitCode: 0, stdout: 'Linux version 4.4.0', stderr: '' }),
          keepsReadOnly: async () => isKept,
        }),
      }),
    );
  expect(await told('gvisor', false)).toMatchObject({
    status: 'fail',
    remedy: expect.stringContaining('install-gvisor'),
  });
  expect((await told('gvisor', undefined)).status).toBe('warn');
  expect((await told('gvisor', true)).status).toBe('pass');
  expect((await told('vm', undefined)).status).toBe('pass');
});
