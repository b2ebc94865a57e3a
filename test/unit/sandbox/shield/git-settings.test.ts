// What git's configuration makes this machine execute from a directory, as git itself resolves it.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitSettingPaths } from '../../../../src/sandbox/shield/git-settings.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../../support/host-files.js';

function ground() {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  mkdirSync(workdir);
  const env = hostEnvironment(dir, { GIT_CONFIG_NOSYSTEM: '1' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd: workdir,
      stdio: 'pipe',
    });
  const found = async (path = workdir) =>
    (await gitSettingPaths(path, env)).map(
      ({ path: at, kind, whenMissing }) => `${at} ${kind} ${whenMissing}`,
    );
  return { dir, workdir, env, git, found };
}

test('no repository, nothing to look at; a plain one has nothing more', async () => {
  const { found, git, workdir } = ground();
  let asked = false;
  const run = async () => {
    asked = true;
    return { ok: false, reason: 'absent' } as const;
  };
  expect(await gitSettingPaths(workdir, hostEnvironment(workdir), run)).toEqual([]);
  expect(asked).toBe(false);
  git('init', '-q');
  expect(await found()).toEqual([]);
});

test('S13: hooks in another place, also by the user’s own configuration, and from a directory below', async () => {
  const { dir, workdir, found, git } = ground();
  git('init', '-q');
  git('config', 'core.hooksPath', 'tools/hooks');
  expect(await found()).toEqual(['tools/hooks directory occupy']);
  mkdirSync(join(workdir, 'tools'));
  expect(await found(join(workdir, 'tools'))).toEqual(['hooks directory occupy']);
  git('config', '--unset', 'core.hooksPath');
  writeFile(join(dir, '.gitconfig'), '[core]\n\thooksPath = .githooks\n');
  expect(await found()).toEqual(['.githooks directory occupy']);
  writeFile(join(dir, '.gitconfig'), `[core]\n\thooksPath = ${join(dir, 'elsewhere')}\n`);
  expect(await found()).toEqual([]);
});

test('included files, there or not, and what they include', async () => {
  const { workdir, found, git } = ground();
  git('init', '-q');
  git('config', 'include.path', '../git.cfg');
  expect(await found()).toEqual(['git.cfg file occupy']);
  writeFile(join(workdir, 'git.cfg'), '[include]\n\tpath = more.cfg\n[core]\n\thooksPath = h\n');
  expect((await found()).sort()).toEqual([
    'git.cfg file occupy',
    'h directory occupy',
    'more.cfg file occupy',
  ]);
});

test('programs in the directory that a setting runs; words that are no file are nothing', async () => {
  const { workdir, found, git } = ground();
  git('init', '-q');
  writeFile(join(workdir, 'tools/clean.py'), 'x');
  writeFile(join(workdir, 'watch'), 'x');
  git('config', 'filter.strip.clean', 'python3 "tools/clean.py" --fast');
  git('config', 'core.fsmonitor', './watch');
  git('config', 'core.editor', 'vim -n');
  git('config', 'remote.origin.url', 'https://example.com/watch');
  expect((await found()).sort()).toEqual(['tools/clean.py file leave', 'watch file leave']);
});

test('a submodule’s .git is not the agent’s to point elsewhere', async () => {
  const { workdir, found, git } = ground();
  git('init', '-q');
  mkdirSync(join(workdir, 'libs/sub'), { recursive: true });
  const inside = { cwd: join(workdir, 'libs/sub') };
  execFileSync('git', ['init', '-q'], inside);
  execFileSync(
    'git',
    ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '--allow-empty', '-m', 'x'],
    inside,
  );
  git('add', 'libs/sub');
  expect(await found()).toEqual(['libs/sub/.git file leave']);
});
