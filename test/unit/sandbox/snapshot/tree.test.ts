import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareTrees, hashFile, readTree } from '../../../../src/sandbox/snapshot/tree.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

test('a tree names what is there, and leaves out what is excluded at any depth', () => {
  const dir = temporaryDir();
  writeFile(join(dir, 'a/b.txt'), 'four');
  writeFile(join(dir, 'a/node_modules/x/index.js'), 'x');
  symlinkSync('/etc', join(dir, 'link'));
  execFileSync('mkfifo', [join(dir, 'pipe')]);
  const tree = readTree(dir, ['node_modules']);
  expect([...tree.keys()].sort()).toEqual(['a', 'a/b.txt', 'link', 'pipe']);
  expect(tree.get('a/b.txt')).toMatchObject({ type: 'file', sizeBytes: 4, mode: 0o600 });
  expect(tree.get('link')).toEqual({ type: 'link', target: '/etc' });
  expect(tree.get('pipe')).toEqual({ type: 'special' });
});

test('contents are compared: a forged time hides nothing, a touched file is no change', async () => {
  const dir = temporaryDir();
  const [same, forged, moded] = ['same', 'forged', 'moded'].map((name) =>
    writeFile(join(dir, name), 'content'),
  );
  writeFile(join(dir, 'gone'), 'x');
  const before = readTree(dir, []);
  for (const [path, entry] of before) {
    if (entry.type === 'file') entry.sha256 = await hashFile(join(dir, path));
  }
  const at = new Date(Date.UTC(2026, 1, 1));
  utimesSync(same ?? '', at, at);
  writeFile(forged ?? '', 'CONTENT');
  utimesSync(forged ?? '', at, at);
  chmodSync(moded ?? '', 0o700);
  writeFile(join(dir, 'new'), 'xyz');
  execFileSync('rm', [join(dir, 'gone')]);
  expect(await compareTrees(before, readTree(dir, []), dir)).toEqual([
    { path: 'forged', kind: 'changed', wasBytes: 7, isBytes: 7 },
    { path: 'gone', kind: 'removed', wasBytes: 1, isBytes: 0 },
    { path: 'moded', kind: 'changed', wasBytes: 7, isBytes: 7 },
    { path: 'new', kind: 'added', wasBytes: 0, isBytes: 3 },
  ]);
});

test('a file becoming a link or a directory is a change', async () => {
  const dir = temporaryDir();
  for (const name of ['one', 'two']) writeFile(join(dir, name), '');
  const before = readTree(dir, []);
  execFileSync('rm', [join(dir, 'one'), join(dir, 'two')]);
  symlinkSync('two', join(dir, 'one'));
  writeFile(join(dir, 'two/x'), '');
  const changes = await compareTrees(before, readTree(dir, []), dir);
  expect(changes.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'changed one',
    'changed two',
    'added two/x',
  ]);
});
