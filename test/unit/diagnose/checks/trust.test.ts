import { expect, test } from 'vitest';
import { trustCheck } from '../../../../src/diagnose/checks/trust.js';
import { fakeBox, fakeContext } from '../fake-context.js';

type Outcome = { exitCode: number; stdout?: string; stderr?: string };
const contextWith = (answer: (command: string) => Outcome) =>
  fakeContext({
    box: fakeBox({ exec: async (argv) => ({ stdout: '', stderr: '', ...answer(argv.join(' ')) }) }),
  });

test('runtimes that are absent are left out; none at all fails', async () => {
  const onlyCurl = contextWith((command) => ({
    exitCode: !command.startsWith('sh -c') || command.endsWith('command -v curl') ? 0 : 1,
  }));
  expect(await trustCheck.run(onlyCurl)).toMatchObject({ status: 'pass', observed: 'curl: verified' });
  expect((await trustCheck.run(contextWith(() => ({ exitCode: 1 })))).status).toBe('fail');
});

test('a runtime that does not trust the certificate fails', async () => {
  const distrusting = contextWith((command) =>
    command.startsWith('sh -c')
      ? { exitCode: 0 }
      : { exitCode: 1, stderr: 'SSL certificate problem: unable to get local issuer certificate' },
  );
  expect((await trustCheck.run(distrusting)).status).toBe('fail');
});
