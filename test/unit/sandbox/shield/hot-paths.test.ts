import { expect, test } from 'vitest';
import {
  gitHotPaths,
  hotPaths,
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
  for (const { path } of [...hotPaths, ...lockFiles]) expect(path.includes('/'), path).toBe(false);
});

test('what is shielded at the top is watched deeper down', () => {
  for (const { path, kind } of [...hotPaths, ...lockFiles]) {
    if (path === '.git') continue;
    expect((kind === 'directory' ? watchedDirectories : watchedFiles).has(path), path).toBe(true);
  }
});

test('lock files are never made where there are none', () => {
  expect(lockFiles.filter(({ whenMissing }) => whenMissing !== 'leave')).toEqual([]);
});
