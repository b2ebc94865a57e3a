import { linkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFileNames } from '../../../../src/config/lock-file.js';
import { changedLockFiles, compareHotFiles, scanHotFiles } from '../../../../src/sandbox/shield/hot-files.js';
import { openingLockFiles } from '../../../../src/sandbox/shield/hot-paths.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

test('what a tool would execute is found at any depth, and nothing else', () => {
  const dir = temporaryDir();
  for (const path of [
    'Makefile',
    'sub/.envrc',
    'sub/.git/config',
    'sub/.git/hooks/pre-commit',
    'sub/.git/modules/lib/config',
    'sub/deep/.vscode/tasks.json',
    'my.code-workspace',
  ])
    writeFile(join(dir, path), 'x');
  for (const path of [
    'main.py',
    'config',
    'sub/.git/HEAD',
    'sub/.git/objects/aa/config',
    'sub/.git/hooks/x.sample',
  ])
    writeFile(join(dir, path), 'x');
  writeFile(join(dir, 'node_modules/x/Makefile'), 'x');
  expect(Object.keys(scanHotFiles(dir).files).sort()).toEqual([
    'Makefile',
    'my.code-workspace',
    'sub/.envrc',
    'sub/.git/config',
    'sub/.git/hooks/pre-commit',
    'sub/.git/modules/lib/config',
    'sub/deep/.vscode/tasks.json',
  ]);
});

test('a bare repository counts whatever its name: git takes it for one', () => {
  const dir = temporaryDir();
  for (const path of ['data/HEAD', 'data/objects/x', 'data/config']) writeFile(join(dir, path), 'x');
  expect(Object.keys(scanHotFiles(dir).files)).toEqual(['data/config']);
});

test('added, changed and replaced by a link are told; of package.json only the scripts matter', () => {
  const dir = temporaryDir();
  writeFile(join(dir, 'package.json'), '{"version":"1","scripts":{"test":"vitest"}}');
  writeFile(join(dir, 'Makefile'), 'all:\n');
  writeFile(join(dir, '.envrc'), 'x');
  const before = scanHotFiles(dir).files;
  writeFile(join(dir, 'package.json'), '{"version":"2","scripts":{"test":"vitest"}}');
  writeFile(join(dir, 'lib/package.json'), '{"version":"2"}');
  expect(compareHotFiles(before, scanHotFiles(dir).files)).toEqual([]);
  writeFile(join(dir, 'package.json'), '{"version":"2","scripts":{"test":"evil"}}');
  writeFile(join(dir, 'sub/.git'), 'gitdir: ../elsewhere');
  rmSync(join(dir, 'Makefile'));
  rmSync(join(dir, '.envrc'));
  symlinkSync('/etc/passwd', join(dir, '.envrc'));
  expect(compareHotFiles(before, scanHotFiles(dir).files)).toEqual([
    { path: '.envrc', kind: 'changed' },
    { path: 'package.json', kind: 'changed' },
    { path: 'sub/.git', kind: 'added' },
  ]);
});

test('files with a second name are told, links are not followed', () => {
  const dir = temporaryDir();
  writeFile(join(dir, 'out/original'), 'x');
  writeFile(join(dir, 'work/plain'), 'x');
  linkSync(join(dir, 'out/original'), join(dir, 'work/second'));
  symlinkSync(join(dir, 'out'), join(dir, 'work/link'));
  expect(scanHotFiles(join(dir, 'work'))).toEqual({ files: {}, hardLinked: ['second'], isComplete: true });
});

test('a list for pip is a lock file where it holds digests, and one that loses them has changed', () => {
  const dir = temporaryDir();
  writeFile(join(dir, 'requirements.txt'), 'requests==2.32.3\n');
  writeFile(join(dir, 'requirements-dev.txt'), 'pytest==8.3.3 --hash=sha256:00\n');
  writeFile(join(dir, 'sub/Cargo.lock'), 'a');
  const { files } = scanHotFiles(dir);
  expect(Object.keys(files).sort()).toEqual(['requirements-dev.txt', 'sub/Cargo.lock']);
  expect(changedLockFiles(files, dir)).toEqual([]);
  writeFile(join(dir, 'requirements.txt'), 'evil==1.0\n');
  writeFile(join(dir, 'requirements-dev.txt'), 'pytest==8.3.3\n');
  rmSync(join(dir, 'sub/Cargo.lock'));
  writeFile(join(dir, 'Makefile'), 'x');
  expect(changedLockFiles({ ...files, Makefile: 'other' }, dir)).toEqual([
    'requirements-dev.txt',
    'sub/Cargo.lock',
  ]);
});

test('a lock file that a box could be opened packages by counts once it appears; others, and deeper ones, do not', () => {
  const dir = temporaryDir();
  writeFile(join(dir, 'package-lock.json'), '{}');
  const { files } = scanHotFiles(dir);
  for (const path of ['sub/package-lock.json', 'Cargo.lock', 'uv.lock']) writeFile(join(dir, path), 'x');
  expect(changedLockFiles(files, dir)).toEqual([]);
  symlinkSync('nowhere', join(dir, 'npm-shrinkwrap.json'));
  expect(changedLockFiles(files, dir)).toEqual(['npm-shrinkwrap.json']);
  expect(changedLockFiles({}, dir)).toEqual(['npm-shrinkwrap.json', 'package-lock.json']);
});

test('the lock files whose appearance counts are those that configuration can name', () => {
  expect(openingLockFiles).toEqual(lockFileNames);
});
