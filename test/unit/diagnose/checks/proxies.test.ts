import { expect, test } from 'vitest';
import { proxiesCheck } from '../../../../src/diagnose/checks/proxies.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const ours = 'http://10.87.0.2:3128';

/** A box with these processes; `met` says where the sidecar met a request made with such variables. */
function contextWith(
  environments: Record<string, string>[],
  met: (argv: string) => readonly string[],
  exitCode = 1,
) {
  let last = '';
  return fakeContext({
    box: fakeBox({
      probe: async () => [
        {
          do: 'processes',
          id: 'processes',
          processes: environments.map((environment, index) => ({
            pid: index + 1,
            command: 'agent',
            environment,
            status: {},
          })),
        },
      ],
      exec: async (argv) => {
        const line = argv.join(' ');
        const isLookup = line.startsWith('sh -c');
        if (!isLookup) last = line;
        const isThere = line.endsWith('command -v curl');
        return { exitCode: isLookup ? (isThere ? 0 : 1) : exitCode, stdout: '', stderr: '' };
      },
      met: async (host) => (last.includes(host) ? met(last) : []),
    }),
  });
}

test('says which way each setting of the agent leads, by what the sidecar met', async () => {
  const context = contextWith(
    [
      { HTTPS_PROXY: ours, PATH: '/bin' },
      { HTTPS_PROXY: ours, PATH: '/usr/bin' },
      { HTTPS_PROXY: 'http://evil.example:1\u001b[31m' },
      { PATH: '/bin' },
      {},
    ],
    (line) => (line.includes(`HTTPS_PROXY=${ours}`) ? ['connect'] : line.includes('evil') ? [] : ['dns']),
  );
  expect(await proxiesCheck.run(context)).toEqual({
    status: 'pass',
    observed:
      "the box's proxy set: curl by the proxy; a proxy of its own set (http://evil.example:1?[31m): curl nowhere; no proxy set: curl by name",
    remedy: '',
  });
});

test('an answer from a name that nobody allowed fails', async () => {
  const context = contextWith([{ HTTPS_PROXY: 'http://other.example:8080' }], () => [], 0);
  expect(await proxiesCheck.run(context)).toMatchObject({ status: 'fail' });
});

test('nothing tried is no pass', async () => {
  expect((await proxiesCheck.run(contextWith([{}], () => []))).status).toBe('fail');
  expect((await proxiesCheck.run(fakeContext())).status).toBe('fail');
});
