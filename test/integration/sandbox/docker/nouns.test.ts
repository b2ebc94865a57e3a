// Each noun of the engine does what it says, on a real engine: what it answers, what a missing or taken thing means.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHostEnvironment } from '../../../../src/config/paths.js';
import { tarOf } from '../../../../src/sandbox/archive.js';
import { containersOf } from '../../../../src/sandbox/docker/containers.js';
import { execsOf } from '../../../../src/sandbox/docker/execs.js';
import { imagesOf } from '../../../../src/sandbox/docker/images.js';
import { networksOf } from '../../../../src/sandbox/docker/networks.js';
import type { ContainerPlan } from '../../../../src/sandbox/docker/shapes.js';
import { volumesOf } from '../../../../src/sandbox/docker/volumes.js';
import { openClient } from '../../../../src/sandbox/docker-api.js';
import { findEndpoints } from '../../../../src/sandbox/endpoints.js';
import { connectEngine } from '../../../../src/sandbox/engine-api.js';
import { docker } from '../../../support/docker.js';
import { skipReason } from '../../../support/requirements.js';
import { Rig } from '../rig.js';

describe.skipIf(skipReason('docker'))('the engine', () => {
  const run = randomBytes(4).toString('hex');
  const label = { 'tradebox.test': run };
  const named = (hint: string) => `tradebox-test-${run}-${hint}`;
  let rig: Rig;
  let client: ReturnType<typeof openClient>;
  let network: string;

  beforeAll(async () => {
    rig = await Rig.open();
    client = openClient(rig.engine.endpoint.connection);
    network = await networksOf(client).create({
      name: named('net'),
      labels: label,
      subnet: '10.253.0.0/28',
      isInternal: true,
      options: {},
    });
  });
  afterAll(async () => {
    for (const { id } of await containersOf(client).list(label)) await containersOf(client).remove(id);
    await networksOf(client).remove(network);
    await rig.close();
  });

  const plan = (hint: string, argv: string[], more: Partial<ContainerPlan> = {}): ContainerPlan => ({
    name: named(hint),
    image: rig.images.agent,
    argv,
    environment: { GREETING: 'hello' },
    user: '0:0',
    workingDir: '/',
    hostName: 'noun',
    labels: label,
    hasTerminal: false,
    hasStdin: false,
    hasInit: true,
    isRootReadOnly: false,
    limits: { memoryBytes: 128 * 1024 ** 2, cpus: 1, pids: 50, openFiles: 256 },
    mounts: [],
    tmpfs: {},
    sysctls: {},
    network: { name: named('net'), address: '10.253.0.5' },
    resolvers: [],
    ...more,
  });

  test('containers: made, started, seen, ended, removed once', async () => {
    const containers = containersOf(client);
    const id = await containers.create(
      plan('life', [
        'sh',
        '-c',
        'echo $GREETING; echo oops >&2; trap "exit 3" TERM; while :; do sleep 0.05; done',
      ]),
    );
    expect(await containers.inspect(id)).toMatchObject({ status: 'created', startedAtMs: undefined });
    await expect(containers.create(plan('life', ['true']))).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await containers.start(id);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await containers.inspect(id)).toMatchObject({
      status: 'running',
      addresses: { [named('net')]: '10.253.0.5' },
    });
    expect(await containers.list(label)).toMatchObject([{ id, name: named('life'), status: 'running' }]);
    expect(await containers.list({ 'tradebox.test': 'none' })).toEqual([]);
    const waiting = containers.wait(id);
    expect(await containers.kill(id, 'SIGTERM')).toBe(true);
    expect(await waiting).toBe(3);
    expect(await containers.kill(id, 'SIGTERM')).toBe(true); // already ended: nothing to complain of
    const log = (await buffer(await containers.logs(id, { follow: false }))).toString();
    // The two streams have no order among each other.
    expect([log.includes('hello'), log.includes('oops')]).toEqual([true, true]);
    expect(JSON.stringify(await containers.inspectRaw(id))).toContain('"GREETING=hello"');
    expect([await containers.remove(id), await containers.remove(id)]).toEqual([true, false]);
    expect(await containers.inspect(id)).toBeUndefined();
    await expect(containers.wait(id)).rejects.toMatchObject({ code: 'FAULT' });
  });

  test('containers: files in and out with owner and mode; changes are seen', async () => {
    const containers = containersOf(client);
    const id = await containers.create(plan('files', ['sleep', '100']));
    const entry = { path: 'tmp/in', content: 'hello', mode: 0o640, owner: { uid: 5, gid: 6 } };
    await containers.putArchive(id, await tarOf([entry]), '/');
    const back = await containers.getArchive(id, '/tmp/in');
    expect(back && (await buffer(back)).toString()).toContain('hello');
    expect(await containers.getArchive(id, '/tmp/none')).toBeUndefined();
    expect(await containers.changes(id)).toContainEqual({ path: '/tmp/in', kind: 'added' });
    await containers.remove(id);
  });

  test('execs: output, environment, user, directory, exit code; a stopped container has none', async () => {
    const [containers, execs] = [containersOf(client), execsOf(client)];
    const id = await containers.create(plan('exec', ['sleep', '100']));
    await containers.start(id);
    const { id: exec, stream } = await execs.start(id, {
      argv: ['sh', '-c', 'echo $X $(id -u) $(pwd); exit 9'],
      environment: { X: 'y' },
      user: '7:7',
      workingDir: '/tmp',
      hasTerminal: false,
      hasStdin: false,
    });
    expect(await text(stream.socket)).toContain('y 7 /tmp');
    expect(await execs.exitCode(exec)).toBe(9);
    await containers.stop(id, 1);
    await expect(
      execs.start(id, { argv: ['true'], hasTerminal: false, hasStdin: false }),
    ).rejects.toMatchObject({ code: 'FAULT' });
    await containers.remove(id);
  });

  test('networks: overlapping ranges and taken names are told apart; members are known', async () => {
    const [containers, networks] = [containersOf(client), networksOf(client)];
    const wish = { labels: label, isInternal: true, options: {} };
    await expect(
      networks.create({ ...wish, name: named('net'), subnet: '10.253.0.16/28' }),
    ).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await expect(
      networks.create({ ...wish, name: named('n2'), subnet: '10.253.0.0/28' }),
    ).rejects.toMatchObject({ code: 'ADDRESS_SPACE_EXHAUSTED' });
    const second = await networks.create({ ...wish, name: named('n2'), subnet: '10.253.0.16/28' });
    const id = await containers.create(plan('member', ['sleep', '100']));
    await networks.connect(second, id, '10.253.0.20');
    await containers.start(id);
    expect((await containers.inspect(id))?.addresses).toEqual({
      [named('net')]: '10.253.0.5',
      [named('n2')]: '10.253.0.20',
    });
    expect((await networks.list(label)).map(({ name }) => name).sort()).toEqual([named('n2'), named('net')]);
    await containers.remove(id);
    expect([await networks.remove(second), await networks.remove(second)]).toEqual([true, false]);
  });

  test('volumes: found by label, removed once', async () => {
    const volumes = volumesOf(client);
    docker('volume', 'create', '--label', `tradebox.test=${run}`, named('vol'));
    expect(await volumes.list(label)).toEqual([named('vol')]);
    expect([await volumes.remove(named('vol')), await volumes.remove(named('vol'))]).toEqual([true, false]);
  });

  test('images: imported, built with progress, tagged, looked up, removed', async () => {
    const images = imagesOf(client);
    const base = `tradebox/test-${run}:base`;
    await images.importTar(
      Readable.from([await tarOf([{ path: 'marker', content: run }])]),
      base,
      ['LABEL made=by-test'],
      () => {},
    );
    expect(await images.find(base)).toMatchObject({ tags: [base], labels: { made: 'by-test' } });
    const lines: string[] = [];
    const context = await tarOf([
      { path: 'Dockerfile', content: `FROM ${base}\nARG WORD\nENV WORD=$WORD\nCOPY extra /extra\n` },
      { path: 'extra', content: 'x' },
    ]);
    const built = `tradebox/test-${run}:built`;
    await images.build({ tag: built, labels: { own: 'label' }, arguments: { WORD: 'w' }, context }, (line) =>
      lines.push(line),
    );
    expect(lines.some((line) => /^Step 1\/\d : FROM/.test(line))).toBe(true);
    expect((await images.find(built))?.labels).toMatchObject({ own: 'label' });
    await expect(
      images.build(
        {
          tag: built,
          labels: {},
          arguments: {},
          context: await tarOf([{ path: 'Dockerfile', content: `FROM ${base}\nRUN false\n` }]),
        },
        () => {},
      ),
    ).rejects.toThrow(/RUN|sh|exec|false/);
    await images.tag(built, `tradebox/test-${run}:again`);
    for (const tag of ['again', 'built', 'base'])
      expect(await images.remove(`tradebox/test-${run}:${tag}`)).toBe(true);
    expect(await images.remove(base)).toBe(false);
    expect(await images.find(base)).toBeUndefined();
    await expect(images.registryDigest('registry.invalid/none:1', 5_000)).rejects.toMatchObject({
      kind: expect.any(String),
    });
  });

  test('the engine describes itself, and an engine that is not there is unreachable', async () => {
    const engine = connectEngine(rig.engine.endpoint.connection);
    const { ServerVersion, Architecture } = JSON.parse(docker('info', '--format', '{{json .}}')) as Record<
      string,
      string
    >;
    expect(await engine.version(5_000)).toMatchObject({ version: ServerVersion });
    const facts = await engine.facts();
    expect(facts.runtimes.length).toBeGreaterThan(0);
    expect(['amd64', 'arm64', Architecture]).toContain(facts.architecture);
    expect(readFileSync('/proc/version', 'utf8')).toContain(facts.kernel);
    const nowhere = connectEngine({ transport: 'unix', socketPath: '/nonexistent/docker.sock' });
    await expect(nowhere.version(5_000)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    const refused = connectEngine({ transport: 'tcp', host: '127.0.0.1', port: 1 });
    await expect(refused.containers.list({})).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    expect(findEndpoints(readHostEnvironment()).length).toBeGreaterThan(0);
  });
});
