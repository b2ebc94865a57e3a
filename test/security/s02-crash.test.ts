// S2 in a crash: a sidecar that holds a real secret is signalled and killed every way that makes a core file, a report, a heap
// snapshot or an inspector, and nothing of the secret is found. The control is a Node that nobody hardened.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { protocolVersion, type Settings } from '../../src/sidecar/settings.js';
import { docker, inspectBox } from '../support/docker.js';
import { engineViews, filesBelow, hunt, place, recentFiles } from '../support/hunt.js';
import { useDesk } from '../support/paper-desk.js';
import { boxSkipReason } from '../support/requirements.js';

const value = `sk-real-${randomBytes(18).toString('base64url')}`;
const config = `version: 1
credentials:
  model: { hosts: [model.example.com], bearer: true, value: "env:S02C_MODEL_KEY", env: [MODEL_KEY], llm: true }
`;
const corePattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
/** A sidecar that holds the secret and listens on its own loopback. */
const settings: Settings = {
  protocol: protocolVersion,
  sandbox: { name: 'crash', id: 'crash' },
  mode: 'readonly',
  network: { address: '127.0.0.1', dnsPort: 5353, httpPorts: [8080], tlsPorts: [8443], connectPort: 3128 },
  journalDir: '/out',
  policy: { rules: [] },
  credentials: [
    {
      kind: 'plain',
      id: 'model',
      hosts: ['model.example.com'],
      placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
      secret: value,
      decoy: `decoy-${randomBytes(20).toString('hex')}`,
      isLlm: true,
    },
  ],
  pins: [],
  echo: { host: 'echo.tradebox.internal' },
};

/** Whether something listens on Node's inspector port, 9229, in the network of a container. */
const hasInspector = (container: string) =>
  /:240D 00000000:0000 0A/.test(docker('exec', container, 'cat', '/proc/net/tcp'));

describe.skipIf(boxSkipReason())('S2 in a crash', () => {
  process.env.S02C_MODEL_KEY = value;
  const startedMs = Date.now();
  const desk = useDesk('s02c', {}, () => config);
  const places = () => [
    ...engineViews(desk.box.name),
    ...filesBelow(desk.home.root, 'test home'),
    ...recentFiles(tmpdir(), startedMs),
    place('CLI output', desk.home.transcript.join('\n')),
  ];
  const ended = (container: string) =>
    expect
      .poll(() => docker('inspect', '-f', '{{.State.Running}}', container), { timeout: 10_000 })
      .toBe('false');

  test('its Node runs with these flags and no other: no inspector, no snapshot by a signal, no report, no __proto__', () => {
    const { sidecar } = inspectBox(desk.box.name);
    const words = docker('exec', sidecar.Id, 'cat', '/proc/1/cmdline').split('\0').filter(Boolean);
    expect(words).toEqual([
      'node',
      '--disable-proto=delete',
      '--no-addons',
      '--max-old-space-size=256',
      '--min-semi-space-size=16',
      '--max-semi-space-size=16',
      '--no-parallel-scavenge',
      '--no-allocation-site-pretenuring',
      '--snapshot-blob',
      '/app/sidecar.blob',
      '/app/sidecar.cjs',
    ]);
    const variables = JSON.parse(docker('inspect', '-f', '{{json .Config.Env}}', sidecar.Id)) as string[];
    expect(variables.filter((one) => one.startsWith('NODE_'))).toEqual(['NODE_ENV=production']);
  });

  test('the signals that open an inspector or write a snapshot do neither', async () => {
    const { sidecar } = inspectBox(desk.box.name);
    for (const signal of ['USR1', 'USR2']) docker('kill', '--signal', signal, sidecar.Id);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(docker('inspect', '-f', '{{.State.Running}}', sidecar.Id)).toBe('true');
    expect(hasInspector(sidecar.Id)).toBe(false);
    expect(docker('exec', sidecar.Id, 'cat', '/proc/1/coredump_filter')).toBe('00000000');
    expect(docker('exec', sidecar.Id, 'grep', 'Max core file size', '/proc/1/limits')).toMatch(
      / 0 +0 +bytes/,
    );
    expect(hunt({ model: value }, places())).toEqual([]);
  });

  test('the sidecar’s group keeps its memory out of swap', () => {
    const { sidecar } = inspectBox(desk.box.name);
    const inGroup = (file: string) => docker('exec', sidecar.Id, 'cat', `/sys/fs/cgroup/${file}`);
    const state = JSON.parse(docker('inspect', '-f', '{{json .HostConfig}}', sidecar.Id)) as Record<
      string,
      unknown
    >;
    const [version, options] = docker('info', '-f', '{{.CgroupVersion}}|{{.SecurityOptions}}').split('|');
    if (version === '2') expect(inGroup('memory.swap.max')).toBe('0');
    // Without root no group of v1 is ours.
    else if (options?.includes('rootless')) expect(state).not.toHaveProperty('MemorySwappiness', 0);
    else {
      expect(state).toMatchObject({ MemorySwappiness: 0 });
      expect(inGroup('memory/memory.swappiness')).toBe('0');
      expect(inGroup('memory/memory.memsw.limit_in_bytes')).toBe(inGroup('memory/memory.limit_in_bytes'));
    }
  });

  test('the way into a running sidecar, which a rotation’s value passes, gives nothing away either', async () => {
    const { sidecar } = inspectBox(desk.box.name);
    const command = JSON.parse(docker('inspect', '-f', '{{json .Config.Cmd}}', sidecar.Id)) as string[];
    const bridge = spawn('docker', ['exec', '-i', sidecar.Id, 'node', ...command, 'control'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const script =
      'for p in /proc/[0-9]*; do grep -qs control $p/cmdline && test $p != /proc/$$ && cat $p/coredump_filter; done; true';
    const filters = () => docker('exec', sidecar.Id, 'sh', '-c', script).split('\n');
    try {
      await expect.poll(filters, { timeout: 10_000 }).toContain('00000000');
      expect(new Set(filters())).toEqual(new Set(['00000000']));
    } finally {
      bridge.kill();
    }
  });

  test.each(['SEGV', 'ABRT'])(
    'SIG%s with every limit taken away: a core file there may be, the secret is not in it',
    async (signal) => {
      const { sidecar } = inspectBox(desk.box.name);
      const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-core-'));
      const name = `tradebox-core-${randomBytes(4).toString('hex')}`;
      // The box's own image and command line, but as a child of an init (the kernel shields process 1 from signals),
      // without a limit on core files and in a directory where they can be written.
      const command = JSON.parse(docker('inspect', '-f', '{{json .Config.Cmd}}', sidecar.Id)) as string[];
      const weak = [
        '--init',
        '--ulimit',
        'core=-1',
        '-v',
        `${directory}:/out`,
        '-w',
        '/out',
        '--network',
        'none',
      ];
      const child = spawn(
        'docker',
        ['run', '-i', '--name', name, ...weak, '--entrypoint', 'node', sidecar.Image, ...command],
        { stdio: ['pipe', 'pipe', 'ignore'] },
      );
      try {
        child.stdin.write(`${JSON.stringify(settings)}\n`);
        const ready = await new Promise<string>((resolve) =>
          child.stdout.once('data', (chunk) => resolve(String(chunk))),
        );
        expect(JSON.parse(ready)).toMatchObject({ ready: true });
        docker('exec', name, 'sh', '-c', `kill -${signal} $(pidof node)`);
        await ended(name);
        const files = readdirSync(directory).filter((file) => file.startsWith('core'));
        if (corePattern === 'core') expect(files).not.toEqual([]);
        expect(
          hunt({ model: value }, [
            ...filesBelow(directory, 'where it crashed'),
            ...recentFiles(tmpdir(), startedMs),
          ]),
        ).toEqual([]);
        expect(hunt({ model: value }, [place('docker logs', docker('logs', name))])).toEqual([]);
      } finally {
        child.kill();
        docker('rm', '-f', name);
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );

  describe('control: a Node that nobody hardened', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-crash-'));
    afterAll(() => rmSync(directory, { recursive: true, force: true }));
    const program = `const secret = process.env.KEY + '!'; setInterval(() => secret.length, 1000); console.log('ready')`;
    const start = async () => {
      const { agent } = inspectBox(desk.box.name);
      const words = [
        '--init',
        '--ulimit',
        'core=-1',
        '-v',
        `${directory}:/out`,
        '-w',
        '/out',
        '-e',
        `KEY=${value}`,
      ];
      const node = ['--entrypoint', 'node', agent.Image, '--heapsnapshot-signal=SIGUSR2', '-e', program];
      const id = docker('run', '-d', ...words, ...node);
      await expect.poll(() => docker('logs', id), { timeout: 10_000 }).toBe('ready');
      return id;
    };
    const signal = (id: string, name: string) =>
      docker('exec', id, 'sh', '-c', `kill -${name} $(pidof node)`);
    const found = () => hunt({ model: value }, filesBelow(directory, 'its directory'));

    test('opens an inspector and writes its heap', async () => {
      const id = await start();
      try {
        signal(id, 'USR1');
        await expect.poll(() => hasInspector(id), { timeout: 10_000 }).toBe(true);
        signal(id, 'USR2');
        await expect.poll(() => found().length, { timeout: 20_000, interval: 200 }).toBeGreaterThan(0);
      } finally {
        docker('rm', '-f', id);
      }
    });

    test.skipIf(corePattern.startsWith('|') || corePattern.startsWith('/'))(
      'leaves a core file with the secret in it',
      async () => {
        for (const file of readdirSync(directory)) rmSync(path.join(directory, file));
        const id = await start();
        try {
          signal(id, 'SEGV');
          await ended(id);
          expect(found().length).toBeGreaterThan(0);
        } finally {
          docker('rm', '-f', id);
        }
      },
    );
  });
});
