import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EngineEnvironment, findEndpoints, wellKnownSockets } from '../../../src/sandbox/endpoints.js';
import { isOlder, openEngine } from '../../../src/sandbox/engine.js';

let home: string;
const servers: http.Server[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tb-eng-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(home, { recursive: true, force: true });
});

const host = (more: Partial<EngineEnvironment> = {}): EngineEnvironment => ({
  home,
  xdgRuntimeDir: join(home, 'run'),
  dockerHost: undefined,
  dockerContext: undefined,
  dockerConfig: undefined,
  dockerCertPath: undefined,
  isDockerTlsVerify: false,
  ...more,
});

/** An engine that knows its version and nothing else. */
async function engineAt(socketPath: string, apiVersion: string): Promise<string> {
  const server = http.createServer((request, response) => {
    const answer = {
      Version: '20.10.0',
      ApiVersion: apiVersion,
      Os: 'linux',
      Arch: 'amd64',
      KernelVersion: '6',
    };
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(request.url === '/version' ? answer : {}));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return socketPath;
}

function writeContext(name: string, address: string): void {
  const id = createHash('sha256').update(name).digest('hex');
  const dir = join(home, '.docker/contexts/meta', id);
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, 'meta.json'),
    JSON.stringify({ Name: name, Endpoints: { docker: { Host: address } } }),
  );
}

test('DOCKER_HOST wins and stands alone', () => {
  const found = findEndpoints(host({ dockerHost: 'tcp://engine.example:2375', dockerContext: 'other' }));
  expect(found).toMatchObject([
    {
      source: 'DOCKER_HOST',
      isExplicit: true,
      connection: { transport: 'tcp', host: 'engine.example', port: 2375 },
    },
  ]);
});

test.each<[string, object]>([
  ['unix:///tmp/x.sock', { transport: 'unix', socketPath: '/tmp/x.sock' }],
  ['ssh://me@far.example:2222', { transport: 'ssh', host: 'far.example', port: 2222, username: 'me' }],
  ['ssh://far.example', { transport: 'ssh', host: 'far.example', port: 22, username: '' }],
  ['tcp://1.2.3.4', { transport: 'tcp', host: '1.2.3.4', port: 2375 }],
])('%s is understood', (dockerHost, connection) => {
  expect(findEndpoints(host({ dockerHost }))[0]?.connection).toEqual(connection);
});

test('an address nobody can use is refused with a remedy', () => {
  expect(() => findEndpoints(host({ dockerHost: 'npipe:////./pipe/x' }))).toThrow(
    expect.objectContaining({ code: 'ENGINE_UNREACHABLE', remedy: expect.stringContaining('unix:///') }),
  );
});

test('TLS files come from DOCKER_CERT_PATH, and their absence is told', () => {
  const dockerCertPath = join(home, 'certs');
  const options = { dockerHost: 'tcp://e.example', isDockerTlsVerify: true, dockerCertPath };
  expect(() => findEndpoints(host(options))).toThrow(expect.objectContaining({ code: 'ENGINE_UNREACHABLE' }));
  mkdirSync(dockerCertPath);
  for (const file of ['ca', 'cert', 'key']) writeFileSync(join(dockerCertPath, `${file}.pem`), file);
  expect(findEndpoints(host(options))[0]?.connection).toEqual({
    transport: 'tcp',
    host: 'e.example',
    port: 2376,
    tls: { ca: 'ca', cert: 'cert', key: 'key' },
  });
});

test('the current docker context is used, from its file or DOCKER_CONTEXT', () => {
  writeContext('colima', 'unix:///colima.sock');
  writeContext('orb', 'unix:///orb.sock');
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'colima' }));
  expect(findEndpoints(host())).toMatchObject([
    { source: 'docker context colima', address: 'unix:///colima.sock' },
  ]);
  expect(findEndpoints(host({ dockerContext: 'orb' }))).toMatchObject([{ address: 'unix:///orb.sock' }]);
  expect(() => findEndpoints(host({ dockerContext: 'lost' }))).toThrow(/docker context "lost"/);
});

test('the context named default, and a broken config file, mean the well-known sockets', () => {
  mkdirSync(join(home, '.docker'));
  for (const content of ['{"currentContext":"default"}', '{}', 'not json']) {
    writeFileSync(join(home, '.docker/config.json'), content);
    expect(findEndpoints(host()).every((endpoint) => !endpoint.isExplicit)).toBe(true);
  }
});

test('Desktop, OrbStack, Colima, Rancher, rootless Docker and Podman are looked for', () => {
  const sources = wellKnownSockets(host())
    .map((endpoint) => endpoint.source)
    .join();
  for (const name of [
    'Docker Desktop',
    'OrbStack',
    'Colima',
    'Rancher',
    'rootless Docker',
    'rootless Podman',
    'Podman machine',
  ]) {
    expect(sources).toContain(name);
  }
});

test('an engine that answers is chosen, with its version', async () => {
  const socket = await engineAt(join(home, 'e.sock'), '1.41');
  const engine = await openEngine(host({ dockerHost: `unix://${socket}` }));
  expect(engine.endpoint.source).toBe('DOCKER_HOST');
  expect(engine.version).toMatchObject({ product: 'docker', version: '20.10.0', apiVersion: '1.41' });
});

test('a named engine that is silent is not replaced by another', async () => {
  const opening = openEngine(host({ dockerHost: `unix://${join(home, 'none.sock')}` }));
  await expect(opening).rejects.toMatchObject({
    code: 'ENGINE_UNREACHABLE',
    message: expect.stringContaining('none.sock'),
    remedy: expect.stringContaining('DOCKER_HOST'),
  });
});

test('an engine below the floor is refused', async () => {
  const socket = await engineAt(join(home, 'old.sock'), '1.40');
  await expect(openEngine(host({ dockerHost: `unix://${socket}` }))).rejects.toMatchObject({
    code: 'ENGINE_TOO_OLD',
    remedy: expect.stringContaining('20.10'),
  });
});

test('versions are compared by number', () => {
  expect(isOlder('1.9', '1.41')).toBe(true);
  expect(isOlder('1.41', '1.41')).toBe(false);
  expect(isOlder('2.0', '1.41')).toBe(false);
});
