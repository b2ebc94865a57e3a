// Boxes come whole or not at all, go without a trace, and leave everything else alone (S11, S12, E5). Covers
// src/sandbox/{session,removal,upkeep,boxes,evidence}.ts.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TradeboxError } from '../../../src/core/errors.js';
import { boxPaths } from '../../../src/sandbox/box-paths.js';
import { findBox, listBoxes } from '../../../src/sandbox/boxes.js';
import { control } from '../../../src/sandbox/control.js';
import { collectEvidence } from '../../../src/sandbox/evidence.js';
import { readRecord } from '../../../src/sandbox/records.js';
import { removeBox } from '../../../src/sandbox/removal.js';
import { restartSidecar, stopBox, writeLogs } from '../../../src/sandbox/upkeep.js';
import { containerId, docker } from '../../support/docker.js';
import { repositoryRoot } from '../../support/repository.js';
import { skipReason } from '../../support/requirements.js';
import { echoDecoy, pipes, Rig, settingsFor } from './rig.js';

describe.skipIf(skipReason('docker'))('the life of a box', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.open();
  });
  afterAll(() => rig.close());

  const statusOf = async (name: string) => (await findBox(rig.engine, name, Date.now()))?.status;

  test('three at once: each whole, each on addresses of its own, listed truly, gone without a trace', async () => {
    const names = ['a', 'b', 'c'].map((hint) => rig.name(hint));
    const boxes = await Promise.all(names.map((name) => rig.box(name)));
    const listed = (await listBoxes(rig.engine, Date.now())).filter(({ name }) => names.includes(name));
    expect(listed.map(({ status }) => status)).toEqual(['running', 'running', 'running']);
    const addresses = boxes.flatMap(({ record }) =>
      Object.values(record.networks).map(({ subnet }) => subnet.base),
    );
    expect(new Set(addresses).size).toBe(6);
    await Promise.all(names.map((name) => rig.remove(name)));
    expect(names.flatMap((name) => rig.remains(name))).toEqual([]);
    expect(names.map((name) => readRecord(rig.stateDir, name))).toEqual([undefined, undefined, undefined]);
  });

  test('of two that want one name one gets it, and the other touches nothing', async () => {
    const name = rig.name('twice');
    const outcomes = await Promise.allSettled([rig.box(name), rig.box(name)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'NAME_TAKEN' });
    expect(await statusOf(name)).toBe('running');
    await expect(rig.box(name)).rejects.toMatchObject({
      code: 'NAME_TAKEN',
      remedy: expect.stringContaining('reset'),
    });
    expect(await statusOf(name)).toBe('running');
  });

  test.each<[string, (rig: Rig) => Parameters<Rig['box']>[1], object]>([
    [
      "settings that can't be made",
      () => ({
        makeSettings: async () => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          throw new TradeboxError('VAULT_PASSPHRASE_WRONG', 'wrong');
        },
      }),
      { code: 'VAULT_PASSPHRASE_WRONG' },
    ],
    [
      'settings that the sidecar refuses',
      () => ({
        makeSettings: (addresses) => ({ ...settingsFor(addresses), mode: 'live' as 'demo' }),
      }),
      { code: 'SIDECAR_FAILED', message: expect.stringMatching(/mode/i) },
    ],
    [
      "an image that isn't there",
      (open) => ({ images: { ...open.images, agent: 'tradebox/none:0' } }),
      { code: 'FAULT' },
    ],
    ['a working directory that vanished', () => ({ workdir: '/nonexistent/strategy' }), { code: 'FAULT' }],
  ])('%s: nothing is left', async (_what, wishes, expected) => {
    const name = rig.name('fail');
    await expect(rig.box(name, wishes(rig))).rejects.toMatchObject(expected);
    expect(rig.remains(name)).toEqual([]);
    expect(readRecord(rig.stateDir, name)).toBeUndefined();
    expect(existsSync(boxPaths(rig.stateDir, name).lock)).toBe(false);
  });

  test('an interrupt at any moment of the making leaves nothing', async () => {
    // By the step that is done, not by the clock: a fast machine is through before a slow one begins.
    const moments = [
      undefined,
      'inside network created',
      'sidecar created',
      'agent created',
      'egress network created',
      'sidecar started',
    ];
    for (const moment of moments) {
      const name = rig.name('stop');
      const controller = new AbortController();
      const reached = new Set<string>();
      const onProgress = (step: string): void => {
        reached.add(step);
        if (step === moment) controller.abort();
      };
      if (moment === undefined) setTimeout(() => controller.abort(), 0);
      const { signal } = controller;
      await expect(rig.box(name, { options: { signal, onProgress } })).rejects.toMatchObject({
        code: 'USAGE',
      });
      if (moment !== undefined) expect(reached).toContain(moment);
      expect(rig.remains(name)).toEqual([]);
    }
  });

  test('a tradebox that is killed while it makes a box leaves what `ps` describes and `reset` clears', async () => {
    const child = fileURLToPath(new URL('./making-child.ts', import.meta.url));
    for (const last of [
      'inside network created',
      'sidecar created',
      'agent started, waiting at the gate',
      'sidecar ready',
    ]) {
      const name = rig.name('kill');
      const { agent, sidecar } = rig.images;
      const making = spawn(
        process.execPath,
        ['--import', 'tsx', child, rig.stateDir, name, rig.workdir(), agent, sidecar],
        { cwd: repositoryRoot },
      );
      await new Promise<void>((resolve, reject) => {
        making.stdout.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes(last)) making.kill('SIGKILL');
        });
        making.once('exit', () => resolve());
        making.once('error', reject);
      });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect(rig.remains(name).length).toBeGreaterThan(0);
      expect(await statusOf(name)).toMatch(/partial|sidecar-dead|running/);
      await rig.remove(name);
      expect(rig.remains(name)).toEqual([]);
    }
  });

  test('S12: what only resembles a box of ours stays', async () => {
    const name = rig.name('kin');
    const label = `tradebox.box=${name}`;
    const strangers = {
      container: `kin-of-${name}`,
      network: `x-tradebox-${name}-inside`,
      volume: `data-of-${name}`,
      named: `tradebox-${name}-agents`,
    };
    docker('create', '--name', strangers.container, '--label', label, rig.images.sidecar, 'true');
    docker('create', '--name', strangers.named, rig.images.sidecar, 'true');
    docker('network', 'create', '--label', label, strangers.network);
    docker('volume', 'create', '--label', label, strangers.volume);
    try {
      await rig.box(name).catch(() => {}); // its label is in use: refused, and that is right
      await rig.remove(name);
      expect(rig.remains(name).sort()).toEqual([
        `container ${strangers.container}`,
        `network ${strangers.network}`,
        `volume ${strangers.volume}`,
      ]);
      expect(docker('ps', '-a', '--filter', `name=${strangers.named}`, '--format', '{{.Names}}')).toBe(
        strangers.named,
      );
    } finally {
      docker('rm', strangers.container, strangers.named);
      docker('network', 'rm', strangers.network);
      docker('volume', 'rm', strangers.volume);
    }
  });

  test('half of a box is named as such and cleared; clearing twice is no error', async () => {
    const name = rig.name('half');
    await rig.box(name);
    docker('rm', '-f', containerId(name, 'agent'));
    expect(await findBox(rig.engine, name, Date.now())).toMatchObject({
      status: 'partial',
      detail: 'without agent',
    });
    expect(await rig.remove(name)).toMatchObject({
      containers: [expect.stringMatching(`^tradebox-${name}-[0-9a-f]{4}-sidecar$`)],
    });
    expect(await rig.remove(name)).toEqual({ containers: [], networks: [], volumes: [] });
  });

  test('S11: a killed sidecar takes all network with it; a new one brings it back over the same journal with another authority', async () => {
    const name = rig.name('killed');
    const box = await rig.box(name);
    const url = `curl -sS -m 3 -o /dev/null -w '%{http_code}' -H 'authorization: Bearer ${echoDecoy}' https://echo.tradebox.internal/`;
    expect((await rig.shell(name, url)).out).toBe('200');
    docker('kill', containerId(name, 'sidecar'));
    expect(await statusOf(name)).toBe('sidecar-dead');
    expect((await rig.shell(name, url)).code).not.toBe(0);
    const ready = await restartSidecar(rig.engine, name, rig.stateDir, settingsFor);
    expect(await statusOf(name)).toBe('running');
    expect(ready.head.seq).toBeGreaterThan(box.ready.head.seq);
    expect(ready.ca).not.toBe(box.ready.ca);
    expect(readRecord(rig.stateDir, name)?.journalHead).toEqual(ready.head);
    expect((await rig.shell(name, url)).out).toBe('200');
    expect((await rig.shell(name, 'cat /etc/ssl/certs/ca-certificates.crt')).out).toBe(ready.ca);
  });

  test('a sidecar that fails to restart leaves the agent without network, not without walls', async () => {
    const name = rig.name('norestart');
    await rig.box(name);
    const restarting = restartSidecar(rig.engine, name, rig.stateDir, () => {
      throw new TradeboxError('VAULT_LOCKED', 'locked');
    });
    await expect(restarting).rejects.toMatchObject({ code: 'VAULT_LOCKED' });
    expect(await statusOf(name)).toBe('sidecar-dead');
  });

  test('stop ends the agent and then the sidecar, which closes its journal; the logs stay', async () => {
    const name = rig.name('stop');
    await rig.box(name, {
      command: ['sh', '-c', 'trap "echo bye; exit 0" TERM; echo hi; while :; do sleep 0.05; done'],
    });
    await stopBox(rig.engine, name, Date.now());
    expect(await findBox(rig.engine, name, Date.now())).toMatchObject({
      status: 'stopped',
      exitCode: 0,
      upMs: undefined,
    });
    const { streams, read } = pipes();
    await writeLogs(rig.engine, name, { role: 'agent', follow: false }, streams.stdout, streams.stderr);
    expect((await read()).out).toBe('hi\nbye\n');
    await expect(control(rig.engine, name, { op: 'status' })).rejects.toMatchObject({
      code: 'BOX_NOT_RUNNING',
    });
    await expect(stopBox(rig.engine, 't-none', Date.now())).rejects.toMatchObject({ code: 'BOX_UNKNOWN' });
  });

  test('an agent that was ended by an engine restart is told as stopped', async () => {
    const name = rig.name('restart');
    await rig.box(name);
    docker('kill', containerId(name, 'agent'), containerId(name, 'sidecar')); // what an engine's end does to both
    expect(await findBox(rig.engine, name, Date.now())).toMatchObject({ status: 'stopped', exitCode: 137 });
  });

  test('evidence holds changed files as plain files, records, logs and journal, also of a stopped box', async () => {
    const name = rig.name('evidence');
    await rig.box(name, {
      command: [
        'sh',
        '-c',
        'echo tainted; mkdir -p $HOME/loot/sub; echo data > $HOME/loot/sub/file; ln -s /etc/passwd $HOME/loot/link; chmod 4755 $HOME/loot/sub/file; sleep 1000',
      ],
    });
    await rig.shell(name, 'true');
    const targetDir = join(rig.root, 'evidence');
    await stopBox(rig.engine, name, Date.now());
    const evidence = await collectEvidence(rig.engine, name, {
      stateDir: rig.stateDir,
      targetDir,
      nowMs: Date.now(),
    });
    const list = docker(
      'run',
      '--rm',
      '-v',
      `${targetDir}:/e:ro`,
      '--entrypoint',
      'tar',
      rig.images.sidecar,
      '-tvf',
      `/e/${evidence.file.split('/').at(-1)}`,
    );
    for (const path of [
      'agent/inspect.json',
      'agent/log',
      'sidecar/log',
      'box.json',
      'changes.jsonl',
      'files.jsonl',
      'files/home/agent/loot/sub/file',
    ]) {
      expect(list).toContain(path);
    }
    expect(list).toMatch(/journal\/\S+\.jsonl/);
    expect(list).not.toContain('loot/link');
    expect(list.split('\n').every((line) => line.startsWith('-rw-------'))).toBe(true);
    expect(evidence.leftOut).toBe(0);
    await expect(
      collectEvidence(rig.engine, 't-none', { stateDir: rig.stateDir, targetDir, nowMs: 0 }),
    ).rejects.toMatchObject({ code: 'BOX_UNKNOWN' });
  });

  test("evidence that would not fit is cut and says so; a place that can't be written leaves the box alone", async () => {
    const name = rig.name('big');
    await rig.box(name, {
      command: ['sh', '-c', 'head -c 3000000 /dev/zero > $HOME/big; echo x > $HOME/small; sleep 1000'],
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const options = {
      stateDir: rig.stateDir,
      targetDir: join(rig.root, 'big'),
      nowMs: Date.now(),
      maxBytes: 1_000_000,
    };
    const evidence = await collectEvidence(rig.engine, name, options);
    expect(evidence).toMatchObject({ leftOut: 1 });
    expect(readdirSync(options.targetDir)).toHaveLength(1);
    await expect(
      collectEvidence(rig.engine, name, { ...options, targetDir: join(evidence.file, 'below-a-file') }),
    ).rejects.toMatchObject({ code: 'USAGE' });
    expect(await statusOf(name)).toBe('running');
  });

  test('removal keeps the journal when asked to, byte for byte', async () => {
    const name = rig.name('keep');
    await rig.box(name);
    const { journal, record } = boxPaths(rig.stateDir, name);
    await rig.engine.api.containers.kill(containerId(name, 'sidecar'), 'SIGKILL');
    const digest = () =>
      readdirSync(journal)
        .filter((file) => file.endsWith('.jsonl'))
        .map((file) =>
          createHash('sha256')
            .update(readFileSync(join(journal, file)))
            .digest('hex'),
        );
    const before = digest();
    expect(before.length).toBeGreaterThan(0);
    await removeBox(rig.engine, name, { stateDir: rig.stateDir, journal: 'keep' });
    expect(digest()).toEqual(before);
    expect(existsSync(record)).toBe(false);
  });
});
