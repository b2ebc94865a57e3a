import { expect, test } from 'vitest';
import { ownSettingsCheck } from '../../../../src/diagnose/checks/own-settings.js';
import { fakeBox, fakeContext } from '../fake-context.js';

/** A box where `files` says what a client's files hold, and `met` where the sidecar met the client's request. */
function contextWith(
  files: Record<string, string>,
  met: (line: string) => readonly string[],
  { environment = {}, exitCode = 1 }: { environment?: Record<string, string>; exitCode?: number } = {},
) {
  const asked: string[] = [];
  const context = fakeContext({
    box: fakeBox({
      probe: async () => [
        {
          do: 'processes',
          id: 'processes',
          processes: [{ pid: 1, command: 'agent', environment, status: {} }],
        },
      ],
      exec: async (argv) => {
        const line = argv.join(' ');
        if (line === 'env') return { exitCode: 0, stdout: 'NODE_EXTRA_CA_CERTS=/ours\n', stderr: '' };
        const client = /command -v (\S+) /.exec(line)?.[1];
        if (client === undefined) asked.push(line);
        const isThere = client !== undefined && client in files;
        const code = client === undefined ? exitCode : isThere ? 0 : 1;
        return { exitCode: code, stdout: isThere ? (files[client] ?? '') : '', stderr: '' };
      },
      met: async (host) => met(asked.find((line) => line.includes(host)) ?? ''),
    }),
  });
  return { context, asked };
}

test('each client with settings of its own is tried, and it is told where the sidecar met it', async () => {
  const { context } = contextWith(
    {
      npm: '/workspace/.npmrc:strict-ssl=false\n',
      git: 'file:/home/agent/.gitconfig\thttp.proxy http://10.9.9.9:1\u001b[31m\n',
      curl: '',
      java: '/usr/lib/jvm/conf/net.properties:https.proxyHost=10.9.9.9\n',
    },
    (line) => (line.includes('npm') ? ['connect'] : []),
  );
  expect(await ownSettingsCheck.run(context)).toEqual({
    status: 'warn',
    observed:
      'npm (/workspace/.npmrc:strict-ssl=false): by the proxy; git (file:/home/agent/.gitconfig http.proxy http://10.9.9.9:1 [31m): nowhere; java (/usr/lib/jvm/conf/net.properties:https.proxyHost=10.9.9.9): not tried',
    remedy: expect.stringContaining('Take out'),
  });
});

test('variables of a process count where they differ from those of the box, and go with the trial', async () => {
  const environment = { NODE_EXTRA_CA_CERTS: '/ours', NODE_OPTIONS: '--use-openssl-ca' };
  const { context, asked } = contextWith({ node: '' }, () => ['dns'], { environment });
  expect(await ownSettingsCheck.run(context)).toMatchObject({
    status: 'pass',
    observed: 'node (NODE_OPTIONS=--use-openssl-ca): by name',
  });
  expect(asked[0]).toMatch(/^env NODE_OPTIONS=--use-openssl-ca node /);
});

test('a box without such settings passes, and nothing is asked', async () => {
  const { context, asked } = contextWith({ npm: '', git: '', node: '' }, () => []);
  expect(await ownSettingsCheck.run(context)).toMatchObject({
    status: 'pass',
    observed: 'no client has any',
  });
  expect(asked).toEqual([]);
});

test('an answer from a name that nobody allowed fails, and so does a box that says nothing', async () => {
  const { context } = contextWith({ curl: '.curlrc:proxy=http://x:1\n' }, () => [], { exitCode: 0 });
  expect(await ownSettingsCheck.run(context)).toMatchObject({ status: 'fail' });
  expect(await ownSettingsCheck.run(fakeContext())).toMatchObject({ status: 'fail' });
});
