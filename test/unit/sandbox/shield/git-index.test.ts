// Links in an index, read from what git itself writes, in every version and object format, whole and split.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitLinksIn, linksOf, unreadableIndex } from '../../../../src/sandbox/shield/git-index.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd,
    stdio: 'pipe',
  });

function repository(...init: string[]) {
  const dir = temporaryDir();
  git(dir, 'init', '-q', ...init);
  for (const path of ['a', 'deep/er/file-with-a-long-name', 'zz']) writeFile(join(dir, path), path);
  git(dir, 'add', '.');
  for (const path of ['sub', 'deep/er/lib', 'ünder']) {
    mkdirSync(join(dir, path), { recursive: true });
    git(join(dir, path), 'init', '-q', ...init);
    git(join(dir, path), 'commit', '-q', '--allow-empty', '-m', 'x');
    git(dir, 'add', path);
  }
  return dir;
}
const links = ['deep/er/lib', 'sub', 'ünder'];

test.each([
  ['version 2', []],
  ['version 4', ['--index-version', '4']],
  ['split', ['--split-index']],
])('%s', (_what, update) => {
  const dir = repository();
  git(dir, 'update-index', ...update);
  expect(gitLinksIn(join(dir, '.git'))).toEqual(links);
});

test('entries with more flags, and SHA-256', () => {
  const dir = repository('--object-format=sha256');
  expect(gitLinksIn(join(dir, '.git'))).toEqual(links);
  const other = repository();
  writeFile(join(other, 'later'), 'x');
  git(other, 'add', '--intent-to-add', 'later'); // version 3
  expect(readFileSync(join(other, '.git/index')).readUInt32BE(4)).toBe(3);
  expect(gitLinksIn(join(other, '.git'))).toEqual(links);
});

test('what is no index has no links, and throws nothing', () => {
  const dir = repository();
  const index = readFileSync(join(dir, '.git/index'));
  expect(linksOf(Buffer.alloc(0))).toEqual([]);
  expect(linksOf(Buffer.from('nonsense of some length'))).toEqual([]);
  for (let cut = 0; cut < index.length - 40; cut += 7)
    expect(() => linksOf(index.subarray(0, cut))).not.toThrow();
  expect(gitLinksIn(join(dir, 'none'))).toEqual([]);
});

test('a pipe, a link or a directory in an index’s place holds nobody, and is told', () => {
  const dir = repository();
  const index = join(dir, '.git/index');
  rmSync(index);
  expect(gitLinksIn(join(dir, '.git'))).toEqual([]);
  execFileSync('mkfifo', [index]);
  expect(gitLinksIn(join(dir, '.git'))).toEqual([unreadableIndex]);
  rmSync(index);
  symlinkSync('/dev/zero', index);
  expect(gitLinksIn(join(dir, '.git'))).toEqual([unreadableIndex]);
  rmSync(index);
  mkdirSync(index);
  expect(gitLinksIn(join(dir, '.git'))).toEqual([unreadableIndex]);
});

test('an index too large to be read is told', () => {
  const dir = repository();
  truncateSync(join(dir, '.git/index'), 3 * 1024 ** 3);
  expect(gitLinksIn(join(dir, '.git'))).toEqual([unreadableIndex]);
});
