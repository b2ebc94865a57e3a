// Bad input gets one sentence of what and one of what to do, exit code 2, and leaves nothing behind in the engine.
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageBuildTimeoutMs, startBox } from '../support/box.js';
import { labelledObjects } from '../support/docker.js';
import { type CliResult, describe as shown, TestHome } from '../support/home.js';
import { plainShell } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

/** Exit 2, no stack, and at least two lines: what happened, and what to do. */
function expectUserError(result: CliResult, what: RegExp): void {
  expect(result.code, shown(result)).toBe(2);
  expect(result.stderr, shown(result)).toMatch(what);
  expect(result.stderr).not.toMatch(/^\s+at .+:\d+:\d+/m);
  expect(result.stderr.trim().split('\n').length, shown(result)).toBeGreaterThanOrEqual(2);
  expect(result.stdout).toBe('');
}

describe('bad input without an engine', () => {
  let home: TestHome;
  beforeAll(() => {
    home = new TestHome();
  });
  afterAll(async () => {
    if (skipReason('docker') === undefined) await home.dispose();
  });

  const run = (workdir: string, ...more: string[]) => home.run(['run', 'shell', workdir, '--paper', ...more]);

  test('a working directory that is not there', async () => {
    expectUserError(await run(path.join(home.root, 'nowhere')), /nowhere/);
  });

  test('a working directory that is a file', async () => {
    const file = path.join(home.root, 'file.txt');
    writeFileSync(file, 'x');
    expectUserError(await run(file), /file\.txt/);
  });

  test.each([
    ['/', () => '/'],
    ['$HOME', () => homedir()],
    ['the configuration directory', (dir: TestHome) => dir.configDir],
    ['a directory that holds the configuration', (dir: TestHome) => dir.root],
    ['the state directory', (dir: TestHome) => dir.stateDir],
  ])('%s as working directory', async (_title, directory) => {
    expectUserError(await run(directory(home)), /\S/);
  });

  test('a working directory that holds a real secret, by file and line', async () => {
    const value = `real-${'x1Y2'.repeat(6)}`;
    home.writeConfig(
      `version: 1\ncredentials:\n  desk-llm:\n    hosts: [llm.desk.test]\n    bearer: true\n    value: env:REAL_KEY\n    llm: true\n`,
    );
    const workdir = home.workdir({ 'notes/keys.txt': `one\ntwo\nkey = ${value}\n` });
    const result = await home.run(['run', 'shell', workdir, '--paper'], { env: { REAL_KEY: value } });
    expectUserError(result, /notes\/keys\.txt:3/);
    expect(result.stderr).not.toContain(value);
    home.writeConfig('version: 1\n');
  });

  test('bad YAML, by file, line and column', async () => {
    home.writeConfig('version: 1\nhosts: [unclosed\n');
    expectUserError(await run(home.workdir()), /tradebox\.yaml:\d+:\d+/);
    home.writeConfig('version: 1\n');
  });

  test('an unknown key, with the nearest known one', async () => {
    home.writeConfig('version: 1\ncredentails: {}\n');
    expectUserError(await run(home.workdir()), /credentails[\s\S]*credentials/);
    home.writeConfig('version: 1\n');
  });

  test('a configuration that others can write', async () => {
    const file = home.writeConfig('version: 1\n');
    chmodSync(file, 0o666);
    expectUserError(await run(home.workdir()), /chmod/);
    chmodSync(file, 0o600);
  });

  test('a configuration inside the working directory', async () => {
    const workdir = home.workdir({ 'tradebox.yaml': 'version: 1\n' });
    expectUserError(await run(workdir), /tradebox\.yaml/);
  });

  test('a project’s configuration that nobody approved, or that changed after it was', async () => {
    const project = home.workdir({
      'strategy/main.py': '',
      'tradebox.yaml':
        'version: 1\ncredentials:\n  a: { hosts: [evil.example.com], bearer: true, value: "vault:anthropic" }\n',
    });
    const file = path.join(project, 'tradebox.yaml');
    const strategy = path.join(project, 'strategy');
    const check = () => home.run(['policy', 'show', strategy]);
    expectUserError(await run(strategy), /not approved[\s\S]*tradebox trust/);
    const shown = await home.json<{ isTrusted: boolean; grants: string[] }>(['trust', strategy, '--show']);
    expect(shown).toMatchObject({
      isTrusted: false,
      grants: ['credential a: vault:anthropic → evil.example.com'],
    });
    expectUserError(await check(), /not approved/);
    await home.ok(['trust', strategy]);
    expect((await check()).stdout).toContain('evil.example.com');
    appendFileSync(file, 'mode: demo\n');
    expectUserError(await check(), /not approved/);
    expect((await home.run(['policy', 'show', strategy, '--config', file])).code).toBe(0);
    expect((await check()).code).toBe(0);
    await home.ok(['trust', file, '--revoke']);
    expectUserError(await check(), /not approved/);
  });

  test('what `init` writes is approved by that', async () => {
    const project = home.workdir({ 'strategy/main.py': '' });
    await home.ok(['init', project]);
    expect((await home.run(['policy', 'show', path.join(project, 'strategy')])).code).toBe(0);
  });

  test('an unknown profile, with the nearest known one', async () => {
    expectUserError(
      await home.run(['run', 'openclow', home.workdir(), '--paper']),
      /openclow[\s\S]*openclaw/,
    );
  });

  test('a profile that asks for what no profile may have', async () => {
    home.writeProfile('greedy', 'name: greedy\ndescription: asks for the host\ncommand: [sh]\nmounts: [/]\n');
    expectUserError(await home.run(['run', 'greedy', home.workdir(), '--paper']), /greedy\.yaml:4/);
  });

  test('mode live without guardrails is refused', async () => {
    expectUserError(await run(home.workdir(), '--mode', 'live'), /live.*without a guardrails file/);
  });

  test('an unknown command, an unknown option, a missing argument', async () => {
    expectUserError(await home.run(['runn']), /runn/);
    expectUserError(await home.run(['ps', '--jsonn']), /jsonn/);
    expectUserError(await home.run(['run']), /profile/i);
  });

  test('a bad name for a box', async () => {
    expectUserError(await run(home.workdir(), '--name', '../escape'), /escape|name/);
  });

  test('an engine that does not answer', async () => {
    const env = { DOCKER_HOST: `unix://${path.join(home.root, 'no.sock')}` };
    expectUserError(await home.run(['run', 'shell', home.workdir(), '--paper'], { env }), /no\.sock|engine/i);
  });

  test('a wrong vault passphrase', async () => {
    await home.ok(['secrets', 'set', 'okx/key', '--from-stdin'], {
      input: 'real-value-1',
      env: { TRADEBOX_PASSPHRASE: 'first passphrase' },
    });
    home.writeConfig(
      'version: 1\ncredentials:\n  desk-llm:\n    hosts: [llm.desk.test]\n    bearer: true\n    value: vault:okx/key\n',
    );
    const wrong = await home.run(['secrets', 'check'], { env: { TRADEBOX_PASSPHRASE: 'another one' } });
    expectUserError(wrong, /passphrase/);
    home.writeConfig('version: 1\n');
  });

  test('a secret on the command line is refused', async () => {
    const result = await home.run(['secrets', 'set', 'okx/key', 'real-value-2'], {
      env: { TRADEBOX_PASSPHRASE: 'first passphrase' },
    });
    expect(result.code, shown(result)).toBe(2);
    expect(result.stderr).not.toContain('real-value-2');
  });

  test('every command explains itself with an example', async () => {
    const commands = [
      'init',
      'trust',
      'run',
      'exec',
      'attach',
      'logs',
      'stop',
      'restart',
      'snapshot',
      'diff',
      'rollback',
      'ps',
      'diagnose',
      'reset',
      'secrets',
      'profiles',
      'audit',
    ];
    const top = await home.run(['--help']);
    expect(top.code).toBe(0);
    for (const command of commands) {
      expect(top.stdout, `--help names ${command}`).toMatch(new RegExp(`^\\s+${command}\\b`, 'm'));
      const help = await home.run([command, '--help']);
      expect(help.code, command).toBe(0);
      expect(help.stdout, `${command} --help has an example`).toMatch(/tradebox /);
    }
  });
});

describe.skipIf(skipReason('docker'))('bad input with an engine', () => {
  let home: TestHome;
  beforeAll(() => {
    home = new TestHome();
    home.writeProfile('sh', plainShell);
  });
  afterAll(() => home?.dispose());

  test(
    'a name that is taken',
    async () => {
      const box = await startBox(home, {
        profile: 'sh',
        workdir: home.workdir(),
        hint: 'taken',
        args: ['-c', 'sleep 300'],
      });
      expectUserError(
        await home.run(['run', 'sh', home.workdir(), '--paper', '--name', box.name]),
        new RegExp(box.name),
      );
      expect((await box.sh('true')).code).toBe(0);
    },
    imageBuildTimeoutMs,
  );

  test('a box that is not there', async () => {
    for (const words of [
      ['exec', 'nobody', '--', 'true'],
      ['attach', 'nobody'],
      ['logs', 'nobody'],
      ['stop', 'nobody'],
      ['reset', 'nobody'],
    ]) {
      expectUserError(await home.run(words), /nobody/);
    }
  });

  test(
    'an image that does not build: the last lines of its log, and nothing is left',
    async () => {
      const steps = 'echo building the strategy && echo no such compiler >&2 && exit 9';
      home.writeProfile(
        'broken',
        `name: broken\ndescription: does not build\nimage:\n  steps: ["${steps}"]\ncommand: [sh]\n`,
      );
      const name = home.boxName('broken');
      const result = await home.run(['run', 'broken', home.workdir(), '--paper', '--name', name], {
        timeoutMs: imageBuildTimeoutMs,
      });
      expectUserError(result, /no such compiler/);
      expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
    },
    imageBuildTimeoutMs,
  );

  test('a refused run leaves nothing in the engine', async () => {
    const name = home.boxName('refused');
    const directory = path.join(home.root, 'gone');
    mkdirSync(directory);
    await home.run(['run', 'shell', path.join(directory, 'missing'), '--paper', '--name', name]);
    expect(labelledObjects(`tradebox.box=${name}`)).toEqual([]);
  });
});
