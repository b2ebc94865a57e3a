// A session as a user has it: exit codes, terminal, detached boxes side by side, reset, interrupts; `ps` tells the truth and nothing stays.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJournal } from '../../src/audit/verify.js';
import { imageBuildTimeoutMs, startBox } from '../support/box.js';
import { docker, inspectBox, labelledObjects } from '../support/docker.js';
import { builtCli, describe as shown, TestHome } from '../support/home.js';
import { plainShell } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

interface PsEntry {
  name: string;
  state: string;
}

describe.skipIf(skipReason('docker'))('a session', () => {
  let home: TestHome;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', plainShell);
    // Builds the images once, so that the tests below measure sessions.
    const name = home.boxName('warm');
    await home.ok(['run', 'sh', home.workdir(), '--paper', '--name', name, '--', '-c', 'true'], {
      timeoutMs: imageBuildTimeoutMs,
    });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  const run = (name: string, script: string, ...options: string[]) =>
    home.run(['run', 'sh', home.workdir(), '--paper', '--name', name, ...options, '--', '-c', script]);
  const stateOf = async (name: string) => {
    const { boxes } = await home.json<{ boxes: PsEntry[] }>(['ps']);
    return boxes.find((box) => box.name === name)?.state;
  };

  test("run passes the agent's exit code and both output streams through", async () => {
    const result = await run(home.boxName('code'), 'echo to-stdout; echo to-stderr >&2; exit 7');
    expect(result.code, shown(result)).toBe(7);
    expect(result.stdout).toBe('to-stdout\n');
    expect(result.stderr).toContain('to-stderr');
  });

  test('standard input reaches the agent', async () => {
    const name = home.boxName('stdin');
    const words = ['run', 'sh', home.workdir(), '--paper', '--name', name, '--', '-c', 'tr a-z A-Z'];
    const result = await home.run(words, { input: 'buy low\n' });
    expect(result.stdout, shown(result)).toBe('BUY LOW\n');
  });

  test('exec passes its exit code through', async () => {
    const box = await startBox(home, {
      profile: 'sh',
      workdir: home.workdir(),
      hint: 'exec',
      args: ['-c', 'sleep 300'],
    });
    expect((await box.sh('exit 42')).code).toBe(42);
    expect((await box.sh('cat', { input: 'through exec' })).stdout).toBe('through exec');
  });

  test('what the agent writes belongs to the caller and stays after the box', async () => {
    const workdir = home.workdir();
    const name = home.boxName('files');
    await home.ok([
      'run',
      'sh',
      workdir,
      '--paper',
      '--name',
      name,
      '--',
      '-c',
      'echo report > /workspace/report.md',
    ]);
    expect(readFileSync(path.join(workdir, 'report.md'), 'utf8')).toBe('report\n');
  });

  test('on a terminal the agent has one, with its size', async () => {
    const name = home.boxName('tty');
    const command = [
      process.execPath,
      builtCli,
      'run',
      'sh',
      home.workdir(),
      '--paper',
      '--name',
      name,
      '--',
      '-c',
      "'test -t 0 && stty size; exit 5'",
    ];
    const result = await home.spawnToEnd('script', [
      '-qefc',
      `stty rows 33 cols 99; ${command.join(' ')}`,
      '/dev/null',
    ]);
    expect(result.stdout, shown(result)).toContain('33 99');
    expect(result.code).toBe(5);
  });

  test('two boxes run at once and do not see each other', async () => {
    const one = await startBox(home, {
      profile: 'sh',
      workdir: home.workdir(),
      hint: 'one',
      args: ['-c', 'sleep 300'],
    });
    const two = await startBox(home, {
      profile: 'sh',
      workdir: home.workdir(),
      hint: 'two',
      args: ['-c', 'sleep 300'],
    });
    expect([await stateOf(one.name), await stateOf(two.name)]).toEqual(['running', 'running']);
    const [neighbour] = Object.values(inspectBox(two.name).agent.NetworkSettings.Networks);
    const tried = await one.sh(
      `node -e "require('net').connect({host:'${neighbour?.IPAddress}',port:3128,timeout:2000}).on('connect',()=>process.exit(0)).on('timeout',()=>process.exit(9)).on('error',()=>process.exit(9))"`,
    );
    expect(tried.code, shown(tried)).toBe(9);
  });

  test('reset gives a clean box with new decoys from the same command line; the working directory stays', async () => {
    const workdir = home.workdir({ 'strategy.md': 'buy low' });
    const script = 'echo "$OKX_API_KEY" >> /workspace/decoys; sleep 300';
    const withDecoys = home.workdir();
    const box = await startBox(home, { profile: 'sh', workdir, hint: 'reset', args: ['-c', script] });
    const before = inspectBox(box.name);
    await box.sh('echo tainted > /tmp/tainted');
    const evidence = path.join(withDecoys, 'evidence');
    await home.ok(['reset', box.name, '--keep-evidence', evidence]);
    const after = inspectBox(box.name);
    expect(after.agent.Id).not.toBe(before.agent.Id);
    expect(after.sidecar.Id).not.toBe(before.sidecar.Id);
    expect((await box.sh('cat /tmp/tainted')).code).not.toBe(0);
    expect(existsSync(evidence)).toBe(true);
    expect(readFileSync(path.join(workdir, 'strategy.md'), 'utf8')).toBe('buy low');
    await expect.poll(() => linesOf(path.join(workdir, 'decoys')).length, { timeout: 10_000 }).toBe(2);
    const [first, second] = linesOf(path.join(workdir, 'decoys'));
    expect(first).toMatch(/^\S{8,}$/);
    expect(second).not.toBe(first);
  });

  test('reset leaves what is not ours alone', async () => {
    const stranger = home.boxName('stranger');
    const box = await startBox(home, {
      profile: 'sh',
      workdir: home.workdir(),
      hint: 'alone',
      args: ['-c', 'sleep 300'],
    });
    docker('create', '--name', stranger, inspectBox(box.name).agent.Image, 'true');
    try {
      await home.ok(['reset', box.name]);
      expect(docker('inspect', stranger, '--format', '{{.State.Status}}')).toBe('created');
    } finally {
      docker('rm', '-f', stranger);
    }
  });

  test('reset: never two agents or two sidecars at once; killed in the middle, `ps` tells what is left and reset clears it', async () => {
    const args = ['-c', 'sleep 300'];
    const box = await startBox(home, { profile: 'sh', workdir: home.workdir(), hint: 'mid', args });
    const label = `tradebox.box=${box.name}`;
    const first = inspectBox(box.name);
    const watched = watchLives(label);
    try {
      for (const part of ['inside', 'agent']) {
        const child = start(['reset', box.name]);
        const count = () => labelledObjects(label).filter((each) => each.endsWith(part)).length;
        await expect.poll(count, { timeout: 30_000, interval: 10 }).toBe(2);
        child.kill('SIGKILL');
        await ended(child);
        await sleep(500); // what the engine was asked for is done, or nearly
        const look = async () => {
          const { boxes } = await home.json<{ boxes: (PsEntry & { detail: string })[] }>(['ps']);
          const ids = docker('ps', '--format', '{{.Label "tradebox.id"}}', '--filter', `label=${label}`);
          const living = ids.split('\n');
          const isWhole = living.some((id, at) => id !== '' && living.indexOf(id) !== at); // two of one box live
          return { told: boxes.filter(({ name }) => name === box.name), isWhole };
        };
        // An old sidecar that was told to end may still be closing at the first look.
        const isTrue = async () => {
          const { told, isWhole } = await look();
          return (told[0]?.state === 'running') === isWhole;
        };
        await expect.poll(isTrue, { timeout: 15_000 }).toBe(true);
        const { told } = await look();
        expect(told).toHaveLength(1);
        expect(told[0]?.detail).toContain('remains of an interrupted reset');
        await home.ok(['reset', box.name]);
        expect(labelledObjects(label)).toHaveLength(4);
        expect(await stateOf(box.name)).toBe('running');
      }
      const lives = await watched.read();
      expect(lives.filter(({ role }) => role === 'sidecar').length).toBeGreaterThanOrEqual(4);
      expect(mostAtOnce(lives, first.agent.Id)).toBe(1);
      // The engine notes a sidecar's end late; their one journal tells that each had closed it before the next began.
      const journal = path.join(home.stateDir, 'sandboxes', box.name, 'journal');
      const turns = [...readJournal(journal)]
        .map(({ event }) => event.type)
        .filter((type) => type === 'sidecar.started' || type === 'sidecar.stopped');
      expect(turns.length).toBeGreaterThanOrEqual(5);
      expect(turns).toEqual(turns.map((_, at) => (at % 2 === 0 ? 'sidecar.started' : 'sidecar.stopped')));
    } finally {
      watched.end();
    }
  });

  test('stop removes containers and networks', async () => {
    const box = await startBox(home, {
      profile: 'sh',
      workdir: home.workdir(),
      hint: 'stop',
      args: ['-c', 'sleep 300'],
    });
    expect(labelledObjects(`tradebox.box=${box.name}`)).toHaveLength(4);
    await home.ok(['stop', box.name]);
    expect(labelledObjects(`tradebox.box=${box.name}`)).toEqual([]);
  });

  test.each([
    ['stop', /was stopped by another tradebox/, undefined],
    ['reset', /was ended and made anew by another tradebox; `tradebox attach/, 'running'],
  ])('%s of a box ends the run that is attached to it, which says so', async (command, says, left) => {
    const name = home.boxName(command);
    const words = ['run', 'sh', home.workdir(), '--paper', '--name', name, '--', '-c', 'exec sleep 300'];
    const attached = home.run(words);
    await expect.poll(() => stateOf(name), { timeout: 30_000 }).toBe('running');
    const record = path.join(home.stateDir, 'sandboxes', name, 'box.json');
    await expect.poll(() => existsSync(record), { timeout: 30_000 }).toBe(true);
    await home.ok([command, name]);
    const result = await attached;
    expect([result.code, shown(result)]).toEqual([137, expect.stringMatching(says)]);
    expect(result.stderr).not.toContain('busy');
    expect(await stateOf(name)).toBe(left);
    if (left !== undefined) await home.ok(['stop', name]);
  });

  test('Ctrl-C ends the agent and the command', async () => {
    const name = home.boxName('int');
    const child = startSleeper(name);
    await expect.poll(() => stateOf(name), { timeout: 30_000 }).toBe('running');
    child.kill('SIGINT');
    const code = await ended(child);
    expect(code).toBe(130);
    expect(await stateOf(name)).toBeUndefined();
  });

  test.each(['inside', 'agent', 'sidecar'])(
    'Ctrl-C while a box is made, as soon as its %s is there, leaves nothing of it',
    async (part) => {
      const name = home.boxName('early');
      const child = startSleeper(name);
      const isThere = () => labelledObjects(`tradebox.box=${name}`).some((each) => each.endsWith(part));
      await expect.poll(isThere, { timeout: 30_000, interval: 10 }).toBe(true);
      child.kill('SIGINT');
      expect(await ended(child)).toBe(130);
      expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
      expect(existsSync(path.join(home.stateDir, 'sandboxes', name, 'box.json'))).toBe(false);
    },
  );

  test('a killed CLI leaves a box that ps describes and reset cleans', async () => {
    const name = home.boxName('kill');
    const child = startSleeper(name);
    await expect.poll(() => stateOf(name), { timeout: 30_000 }).toBe('running');
    const record = path.join(home.stateDir, 'sandboxes', name, 'box.json');
    await expect.poll(() => existsSync(record), { timeout: 30_000 }).toBe(true);
    child.kill('SIGKILL');
    await ended(child);
    await sleep(500);
    expect(await stateOf(name)).toBeTypeOf('string');
    const reset = await home.run(['reset', name]);
    expect(reset.code, shown(reset)).toBe(0);
    expect(await stateOf(name)).toBe('running');
    await home.ok(['stop', name]);
    expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
  });

  const startSleeper = (name: string) =>
    start(['run', 'sh', home.workdir(), '--paper', '--name', name, '--', '-c', 'exec sleep 300']);

  function start(words: string[]): ChildProcess {
    return spawn(process.execPath, [builtCli, ...words], {
      env: home.environment(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }
});

interface Life {
  role: string;
  action: string;
  id: string;
}

/** Starts and ends of a box's containers as the engine tells them. */
function watchLives(label: string): { read(): Promise<Life[]>; end(): void } {
  const filters = [`label=${label}`, 'type=container', 'event=start', 'event=pause', 'event=die'];
  const child = spawn(
    'docker',
    [
      'events',
      '--since',
      String(Math.floor(Date.now() / 1000)),
      ...filters.flatMap((filter) => ['--filter', filter]),
      '--format',
      '{{.Action}} {{index .Actor.Attributes "tradebox.role"}} {{.Actor.ID}}',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return {
    read: async () => {
      await sleep(300); // the last of them is under way
      return text
        .trim()
        .split('\n')
        .map((line) => {
          const [action = '', role = '', id = ''] = line.split(' ');
          return { action, role, id };
        });
    },
    end: () => void child.kill(),
  };
}

/** Agents that do anything; a paused one is killed before it goes on. `first` ran before the watch. */
function mostAtOnce(lives: readonly Life[], first: string): number {
  const alive = new Set([first]);
  let most = 1;
  for (const { action, id } of lives.filter((life) => life.role === 'agent')) {
    if (action === 'start') alive.add(id);
    else alive.delete(id);
    most = Math.max(most, alive.size);
  }
  return most;
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : -1))),
  );
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}
