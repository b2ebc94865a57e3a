// `ps` without the whole client, and with it where the engine does not answer as it should.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listAllBoxes } from '../../../src/sandbox/list-boxes.js';
import { labelsOf } from '../../../src/sandbox/names.js';
import { temporaryDir } from '../../support/host-files.js';

const identity = {
  name: 'lab',
  id: '0123456789abcdef',
  profile: 'shell',
  mode: 'demo',
  isPaper: true,
  createdAt: '2026-11-20T00:00:00Z',
};

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Refuses what is newer than `apiVersion`; has the inside network of a box, no more. */
async function engine(apiVersion: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [, version, path = ''] = /^(?:\/v(1\.\d+))?([^?]*)/.exec(request.url ?? '') ?? [];
    asked.push(path);
    if (version !== undefined && version > apiVersion) response.writeHead(400).end('{"message":"too new"}');
    else if (path === '/version') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ Version: '1', ApiVersion: apiVersion, Os: 'linux', Arch: 'amd64' }));
    } else if (path === '/networks') {
      response.end(JSON.stringify([{ Id: 'n', Name: 'n', Labels: labelsOf(identity, 'inside') }]));
    } else response.end('[]');
  });
  const socketPath = join(temporaryDir(), 'engine.sock');
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const host = { home: temporaryDir(), dockerHost: `unix://${socketPath}`, isDockerTlsVerify: false };
  return { asked, host: host as Parameters<typeof listAllBoxes>[0] };
}

test('two questions tell of all boxes', async () => {
  const { asked, host } = await engine('1.41');
  const boxes = await listAllBoxes(host, 0);
  expect(boxes).toMatchObject([{ name: 'lab', status: 'partial', detail: 'without agent, sidecar, egress' }]);
  expect(asked.sort()).toEqual(['/containers/json', '/networks']);
});

test('an engine that is too old is told as such, by the whole client', async () => {
  const { asked, host } = await engine('1.40');
  await expect(listAllBoxes(host, 0)).rejects.toMatchObject({ code: 'ENGINE_TOO_OLD' });
  expect(asked).toContain('/version');
});

test('no engine is told as such', async () => {
  const host = { home: temporaryDir(), dockerHost: 'unix:///nowhere/engine.sock', isDockerTlsVerify: false };
  const listing = listAllBoxes(host as Parameters<typeof listAllBoxes>[0], 0);
  await expect(listing).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
});
