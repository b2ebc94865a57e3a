import { expect, test } from 'vitest';
import {
  gitHotPaths,
  hotPaths,
  isWatchedEnding,
  lockFiles,
  watchedDirectories,
  watchedFiles,
} from '../../../../src/sandbox/shield/hot-paths.js';

test('each is a plain path below the working directory, once; nothing is occupied in a directory that is not there', () => {
  const all = [...hotPaths, ...gitHotPaths, ...lockFiles];
  const paths = all.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  for (const path of paths) expect(path).toMatch(/^[\w.-]+(\/[\w.-]+)?$/);
  for (const { path } of gitHotPaths) expect(path.startsWith('.git/')).toBe(true);
  for (const { path, whenMissing } of [...hotPaths, ...lockFiles])
    expect(path.includes('/') && whenMissing !== 'leave', path).toBe(false);
});

test('what is shielded at the top is watched deeper down', () => {
  for (const { path, kind } of [...hotPaths, ...lockFiles]) {
    // Of Yarn's the files that name them are watched.
    if (path === '.git' || path.startsWith('.yarn/')) continue;
    expect((kind === 'directory' ? watchedDirectories : watchedFiles).has(path), path).toBe(true);
  }
});

test.each([['.claude', '.codex', '.gemini', '.windsurf', '.devcontainer', '.cursor', '.github', '.cargo']])(
  'every directory that an agent, an editor or a build obeys is watched: %s …',
  (...names) => {
    expect(names.filter((name) => !watchedDirectories.has(name))).toEqual([]);
  },
);

test('files that are run without being asked for by name, and those with a program’s ending, are watched', () => {
  const names =
    '.npmrc .yarnrc .pnp.cjs binding.gyp build.rs mise.toml .exrc .nvim.lua .dir-locals.el lefthook.yml setup.py CLAUDE.md AGENTS.md .cursorrules Justfile .justfile Taskfile.yaml .gitmodules';
  expect(names.split(' ').filter((name) => !watchedFiles.has(name))).toEqual([]);
  for (const name of ['rules.mk', 'eslint.config.mjs', 'vite.config.ts', '.eslintrc.cjs', 'a.code-workspace'])
    expect(isWatchedEnding(name), name).toBe(true);
  for (const name of ['main.js', 'src.js', 'config.js', 'Makefile.md'])
    expect(isWatchedEnding(name), name).toBe(false);
});

test('lock files are never made where there are none', () => {
  expect(lockFiles.filter(({ whenMissing }) => whenMissing !== 'leave')).toEqual([]);
});
