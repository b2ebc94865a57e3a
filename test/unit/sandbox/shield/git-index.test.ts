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
  git(dir, 'commit', '-q', '-m', 'x');
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

test('what is no index is told, however it is cut, and throws nothing', () => {
  const dir = repository();
  const index = readFileSync(join(dir, '.git/index'));
  expect(linksOf(index, [20])).toEqual(links);
  expect(linksOf(Buffer.alloc(0), [20, 32])).toEqual([unreadableIndex]);
  expect(linksOf(Buffer.from('nonsense of some length'), [20, 32])).toEqual([unreadableIndex]);
  for (let cut = 1; cut < index.length; cut += 7)
    expect(linksOf(index.subarray(0, index.length - cut), [20])).toEqual([unreadableIndex]);
  expect(gitLinksIn(join(dir, 'none'))).toEqual([]);
});

/** Where an entry begins, by its name; version 2 and SHA-1. */
const entryOf = (index: Buffer, name: string) => index.indexOf(`${name}\0`) - 62;

test('modes that git never writes hide no link beside them', () => {
  const dir = repository();
  const index = readFileSync(join(dir, '.git/index'));
  index.writeUInt32BE(0o100600, entryOf(index, 'a') + 24);
  expect(linksOf(index, [20])).toEqual(links);
  index.writeUInt32BE(0o160755, entryOf(index, 'zz') + 24);
  expect(linksOf(index, [20])).toEqual([...links.slice(0, 2), 'zz', 'ünder']);
});

test('a name is as long as its flags say: a NUL within ends none', () => {
  const dir = repository();
  const index = readFileSync(join(dir, '.git/index'));
  const name = 'deep/er/file-with-a-long-name';
  index.writeUInt8(0, entryOf(index, name) + 62 + 3);
  expect(linksOf(index, [20])).toEqual([unreadableIndex]);
});

test.each(['2', '4'])('version %s with a name longer than its flags can say', (version) => {
  const dir = repository();
  const id = git(dir, 'rev-parse', 'HEAD:a').toString().trim();
  const long = `${'d'.repeat(2000)}/${'e'.repeat(2000)}/${'f'.repeat(2000)}`;
  const input = `100644 ${id} 0\t${long}\n160000 ${id} 0\t${long}g\n`;
  execFileSync('git', ['update-index', '--index-version', version, '--index-info'], { cwd: dir, input });
  expect(gitLinksIn(join(dir, '.git'))).toEqual([...links.slice(0, 1), `${long}g`, ...links.slice(1)].sort());
});

test.each(['2', '4'])('version %s with a table of blocks, which must name the entries', (version) => {
  const dir = repository();
  const id = git(dir, 'rev-parse', 'HEAD:a').toString().trim();
  const input = Array.from({ length: 40_000 }, (_, at) => `100644 ${id} 0\tmany/${at}\n`).join('');
  execFileSync('git', ['-c', 'index.threads=4', 'update-index', '--index-version', version, '--index-info'], {
    cwd: dir,
    input,
  });
  expect(gitLinksIn(join(dir, '.git'))).toEqual(links);
  const index = readFileSync(join(dir, '.git/index'));
  for (const extension of ['IEOT', 'EOIE']) {
    const at = index.lastIndexOf(extension);
    expect(at).toBeGreaterThan(0);
    const forged = Buffer.from(index);
    forged.writeUInt8((forged[at + 15] ?? 0) ^ 8, at + (extension === 'IEOT' ? 15 : 11));
    expect(linksOf(forged, [20])).toEqual([unreadableIndex]);
  }
});

test('a configuration with SHA-256 is believed: ids of the other length are not tried', () => {
  const dir = repository();
  writeFile(join(dir, '.git/config'), '[extensions]\n\tobjectformat = sha256\n');
  expect(gitLinksIn(join(dir, '.git'))).toEqual([unreadableIndex]);
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
