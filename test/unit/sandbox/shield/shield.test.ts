import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HotPath } from '../../../../src/sandbox/shield/hot-paths.js';
import { lowerShield, raiseShield } from '../../../../src/sandbox/shield/shield.js';
import { temporaryDir, thrownBy, writeFile } from '../../../support/host-files.js';

function ground() {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  const stateDir = join(dir, 'state');
  mkdirSync(workdir);
  mkdirSync(stateDir, { mode: 0o700 });
  const user = { uid: 1000, gid: 1000 };
  return {
    workdir,
    raise: (
      name = 'lab',
      writable: readonly string[] = [],
      withLockFiles = false,
      gitPaths: readonly HotPath[] = [],
    ) => raiseShield(workdir, { stateDir, name, user, writable, withLockFiles, gitPaths }),
    lower: (name = 'lab') => lowerShield(stateDir, name),
  };
}

/** Directories that are masked where there are none. */
const masked = ['.vscode', '.idea', '.claude', '.cursor', '.codex', '.gemini', '.windsurf', '.devcontainer'];

test('what lies deeper is held with every directory on the way, so that none can be moved away with it', () => {
  const { workdir, raise, lower } = ground();
  writeFile(join(workdir, 'tools/git/hooks/pre-commit'), 'x');
  writeFile(join(workdir, '.husky/_/pre-commit'), 'x');
  const hooks = (path: string): HotPath => ({ path, kind: 'directory', whenMissing: 'occupy' });
  const there = raise('lab', [], false, [hooks('tools/git/hooks'), hooks('.husky/_')]);
  const shown = there.mounts.map(({ target, isReadOnly }) => [
    target.slice('/workspace/'.length),
    isReadOnly,
  ]);
  expect(shown.filter(([path]) => `${path}`.startsWith('tools'))).toEqual([
    ['tools', false],
    ['tools/git', false],
    ['tools/git/hooks', true],
  ]);
  // What a shielded directory holds is shielded with it.
  expect(shown.filter(([path]) => `${path}`.startsWith('.husky'))).toEqual([['.husky', true]]);
  lower();
  const missing = raise('lab', [], false, [hooks('ci/git/hooks'), hooks('tools/more')]);
  expect(Object.keys(missing.tmpfs)).toEqual(
    expect.arrayContaining(['/workspace/ci', '/workspace/tools/more']),
  );
  expect(missing.mounts).toContainEqual(
    expect.objectContaining({ target: '/workspace/tools', isReadOnly: false }),
  );
  lower();
  expect(existsSync(join(workdir, 'ci'))).toBe(false);
  symlinkSync('/etc', join(workdir, 'linked'));
  expect(thrownBy(() => raise('lab', [], false, [hooks('linked/hooks')]))).toMatchObject({
    code: 'WORKDIR_INVALID',
  });
});

test('what exists is mounted read-only over itself; .git stays writable but becomes a mount point', () => {
  const { workdir, raise, lower } = ground();
  writeFile(join(workdir, '.git/config'), '[core]\n');
  writeFile(join(workdir, '.git/hooks/pre-commit'), '#!/bin/sh\n');
  writeFile(join(workdir, '.envrc'), 'echo mine\n');
  const { mounts, tmpfs } = raise();
  const of = (path: string) => mounts.find(({ target }) => target === `/workspace/${path}`);
  expect(of('.git')).toEqual({ source: join(workdir, '.git'), target: '/workspace/.git', isReadOnly: false });
  for (const path of ['.git/config', '.git/hooks', '.git/commondir', '.git/config.worktree', '.envrc']) {
    expect(of(path)?.isReadOnly, path).toBe(true);
  }
  expect(Object.keys(tmpfs)).toEqual(masked.map((path) => `/workspace/${path}`));
  // gitrepository-layout(5): "." leaves the repository what it is.
  expect(readFileSync(join(workdir, '.git/commondir'), 'utf8')).toBe('.\n');
  lower();
  expect(readdirSync(join(workdir, '.git')).sort()).toEqual(['config', 'hooks']);
  expect(readdirSync(workdir).sort()).toEqual(['.envrc', '.git']);
});

test('what is missing is occupied while the box lives, and nothing is left behind', () => {
  const { workdir, raise, lower } = ground();
  const { mounts, tmpfs } = raise();
  expect(tmpfs['/workspace/.git']).toContain('uid=1000,gid=1000');
  expect(tmpfs['/workspace/.git']).toContain('nosuid,nodev,noexec');
  expect(mounts.map(({ target, isReadOnly }) => [target, isReadOnly])).toEqual([
    ['/workspace/.gitmodules', true],
    ['/workspace/.envrc', true],
    ['/workspace/.mcp.json', true],
  ]);
  expect(readdirSync(workdir).sort()).toEqual(
    [...masked, '.envrc', '.git', '.gitmodules', '.mcp.json'].sort(),
  );
  lower();
  expect(readdirSync(workdir)).toEqual([]);
  lower();
});

test('what somebody has put into a placeholder meanwhile stays', () => {
  const { workdir, raise, lower } = ground();
  raise();
  writeFileSync(join(workdir, '.vscode', 'settings.json'), '{}');
  writeFileSync(join(workdir, '.envrc'), 'mine\n');
  lower();
  expect(readdirSync(workdir).sort()).toEqual(['.envrc', '.vscode']);
});

test('two boxes in one directory: the placeholders go with the last', () => {
  const { workdir, raise, lower } = ground();
  raise('one');
  const second = raise('two');
  expect(Object.keys(second.tmpfs)).toContain('/workspace/.git');
  lower('one');
  expect(existsSync(join(workdir, '.git'))).toBe(true);
  lower('two');
  expect(readdirSync(workdir)).toEqual([]);
});

test('what a crash left behind is cleared by the next box of the name, and not taken for the user’s', () => {
  const { raise } = ground();
  raise();
  expect(Object.keys(raise().tmpfs)).toContain('/workspace/.git');
});

test('a link, a second name or a device in such a place is refused, with what to do', () => {
  const { workdir, raise } = ground();
  symlinkSync('/etc', join(workdir, '.vscode'));
  expect(thrownBy(() => raise())).toMatchObject({
    code: 'WORKDIR_INVALID',
    message: expect.stringContaining('.vscode is a link'),
    remedy: expect.stringContaining('writable: [.vscode]'),
  });
  expect(lstatSync(join(workdir, '.vscode')).isSymbolicLink()).toBe(true);
  const other = ground();
  writeFile(join(other.workdir, '.husky/pre-push'), 'x');
  linkSync(join(other.workdir, '.husky/pre-push'), join(other.workdir, 'another-name'));
  expect(thrownBy(() => other.raise())).toMatchObject({ message: expect.stringContaining('second name') });
});

test('the operator can leave a path to the agent', () => {
  const { workdir, raise } = ground();
  symlinkSync('/etc', join(workdir, '.vscode'));
  writeFile(join(workdir, '.git/config'), '');
  const { mounts, tmpfs } = raise('lab', ['.vscode', '.claude', '.git', '.gitmodules']);
  const targets = [...mounts.map(({ target }) => target), ...Object.keys(tmpfs)];
  expect(targets.filter((target) => /vscode|claude|\.git/.test(target))).toEqual([]);
  expect(targets).toContain('/workspace/.idea');
});

test('lock files that exist are shielded where only they are installed from', () => {
  const { workdir, raise } = ground();
  writeFile(join(workdir, 'uv.lock'), 'version = 1\n');
  const of = (withLockFiles: boolean) =>
    raise('lab', [], withLockFiles).mounts.filter(({ target }) => target.endsWith('lock'));
  expect(of(false)).toEqual([]);
  expect(of(true)).toEqual([
    { source: join(workdir, 'uv.lock'), target: '/workspace/uv.lock', isReadOnly: true },
  ]);
  expect(existsSync(join(workdir, 'package-lock.json'))).toBe(false);
});
