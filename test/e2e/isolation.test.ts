// The same box at every isolation level that this machine can start: attach, exec, exit codes, streams, home, diagnose; and what is
// not there is refused, never replaced in silence.
import { mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { labelledObjects } from '../support/docker.js';
import { describe as shown, TestHome } from '../support/home.js';
import { plainShell } from '../support/profiles.js';
import { missing, skipReason } from '../support/requirements.js';

const profile = `${plainShell}files:
  - { path: .config/agent/settings.json, content: '{"ready": true}', isExecutable: false }
`;

describe.skipIf(skipReason('docker', 'gvisor'))('the level gvisor', () => {
  let home: TestHome;
  let box: Box;
  let workdir: string;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('sh', profile);
    workdir = home.workdir({ 'from-host.txt': 'host\n' });
    const options = ['--paper', '--mode', 'demo', '--isolation', 'gvisor'];
    box = await startBox(home, {
      profile: 'sh',
      workdir,
      hint: 'gvisor',
      options,
      args: ['-c', 'sleep 3600'],
    });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test('another kernel than this machine’s answers, and ps tells the level', async () => {
    const { stdout } = await box.sh('uname -r; cat /proc/version');
    expect(stdout).toMatch(/^\d/);
    expect(stdout).not.toContain(release());
    const { boxes } = await home.json<{ boxes: { name: string; isolation: string }[] }>(['ps']);
    expect(boxes.find(({ name }) => name === box.name)).toMatchObject({ isolation: 'gvisor' });
  });

  test('exec: exit codes, both streams, standard input, the profile’s home', async () => {
    expect(await box.sh('cat; echo err >&2; exit 7', { input: 'in' })).toMatchObject({
      code: 7,
      stdout: 'in',
      stderr: expect.stringContaining('err'),
    });
    expect((await box.sh('kill -TERM $$')).code).toBe(143);
    const settings = await box.sh(
      'cat "$HOME/.config/agent/settings.json" && touch "$HOME/.config/agent/mine"',
    );
    expect(settings, shown(settings)).toMatchObject({ code: 0, stdout: '{"ready": true}' });
  });

  test('files pass both ways through the working directory, at once', async () => {
    writeFileSync(join(workdir, 'later.txt'), 'later\n');
    const { stdout } = await box.sh(
      'cat /workspace/from-host.txt /workspace/later.txt; echo made > /workspace/made.txt',
    );
    expect(stdout).toBe('host\nlater\n');
    mkdirSync(join(workdir, 'dir'));
    expect((await box.sh('ls -d /workspace/dir && cat /workspace/made.txt')).stdout).toBe(
      '/workspace/dir\nmade\n',
    );
  });

  test('diagnose: every promise holds', async () => {
    const { holds, checks } = await home.json<{ holds: boolean; checks: { id: string; status: string }[] }>([
      'diagnose',
      box.name,
    ]);
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(holds).toBe(true);
    expect(checks.find(({ id }) => id === 'isolation')).toMatchObject({ status: 'pass' });
  });

  test('E8: a box that forks or fills its memory without end harms itself at most: another goes on, nothing is left', async () => {
    const bombs = ['while True: os.fork()', 'held = [os.urandom(1 << 20) for _ in range(20_000)]'];
    home.writeConfig('version: 1\nlimits: { memoryMb: 384, pids: 256 }\n');
    const names = bombs.map((_, index) => home.boxName(`bomb${index}`));
    const exploded = bombs.map((bomb, index) => {
      const words = [
        'run',
        'sh',
        home.workdir(),
        '--name',
        names[index] ?? '',
        '--paper',
        '--isolation',
        'gvisor',
      ];
      return home.run([...words, '--', '-c', `timeout -s KILL 20 python3 -c 'import os; ${bomb}'`]);
    });
    let answers = 0;
    let areDone = false;
    const all = Promise.all(exploded).finally(() => {
      areDone = true;
    });
    while (!areDone) answers += (await box.sh('echo alive')).stdout === 'alive\n' ? 1 : 0;
    for (const result of await all) expect(result.code, shown(result)).not.toBe(0);
    expect(answers).toBeGreaterThan(1);
    expect(
      (await box.sh('curl -sS -o /dev/null -w "%{http_code}" https://www.okx.com/api/v5/public/time')).stdout,
    ).toBe('200');
    for (const name of names) {
      // The engine may still be at work on a kernel that died under its container when the command gave up on it.
      if (labelledObjects(`tradebox.box=${name}`).length > 0) await home.ok(['reset', name, '--discard']);
      expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
    }
  });

  test('run passes input and exit code, on pipes and on a terminal, and removes the box', async () => {
    const name = home.boxName('gvisor-run');
    const words = ['run', 'sh', workdir, '--name', name, '--paper', '--isolation', 'auto'];
    const piped = await home.run([...words, '--', '-c', 'read line; echo "got $line"; exit 5'], {
      input: 'word\n',
    });
    expect(piped, shown(piped)).toMatchObject({ code: 5, stdout: 'got word\n' });
    expect(piped.stderr).toMatch(/isolation: gvisor \(.*no vm: /);
    expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
    const line = [process.execPath, 'dist/main.js', ...words, '--', '-c', 'test -t 0 && stty size; exit 6'];
    const quoted = line.map((word) => `'${word}'`).join(' ');
    const sized = `stty rows 33 cols 99; ${quoted}`;
    const terminal = await home.spawnToEnd('script', ['-qefc', sized, '/dev/null'], { cwd: process.cwd() });
    expect(terminal, shown(terminal)).toMatchObject({ code: 6, stdout: expect.stringContaining('33 99') });
  });
});

describe.skipIf(skipReason('docker'))('a level that is not there', () => {
  test('is refused with what to do, by flag and by configuration, and nothing is left', async () => {
    const home = new TestHome();
    try {
      const name = home.boxName('no-vm');
      const words = ['run', 'shell', home.workdir(), '--name', name, '--paper'];
      const refused = await home.run([...words, '--isolation', 'vm']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`the isolation level vm is not available: ${missing('vm')}`);
      expect(refused.stderr).toMatch(/→ .*--isolation gvisor/);
      home.writeConfig('version: 1\nisolation: vm\n');
      expect((await home.run(words)).code).toBe(2);
      expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
    } finally {
      await home.dispose();
    }
  });
});
