import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { tarOf } from '../../../../src/sandbox/archive.js';
import { restore } from '../../../../src/sandbox/snapshot/restore.js';
import { openSnapshots } from '../../../../src/sandbox/snapshot/store.js';
import { compareTrees, readTree } from '../../../../src/sandbox/snapshot/tree.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

async function ground(fill: (workdir: string) => void) {
  const dir = temporaryDir();
  const workdir = join(dir, 'work');
  mkdirSync(workdir);
  fill(workdir);
  const store = openSnapshots(join(dir, 'snapshots'), workdir);
  const exclude = ['node_modules'];
  const taken = await store.take({
    keep: 3,
    maxBytes: 10e6,
    exclude,
    reason: 'test',
    nowMs: Date.UTC(2026, 10, 21),
  });
  const changes = () => compareTrees(taken.snapshot.tree, readTree(workdir, exclude), workdir);
  const back = async () => restore(workdir, taken.snapshot.tree, await changes(), store.read(taken.snapshot));
  return { dir, workdir, changes, back };
}

test('everything is as it was: contents, modes, links, empty directories; what is left out stays', async () => {
  const { workdir, changes, back } = await ground((at) => {
    writeFile(join(at, 'deep/er/a.txt'), 'one');
    writeFile(join(at, 'run.sh'), '#!/bin/sh\n', 0o755);
    writeFile(join(at, 'empty'), '');
    writeFile(join(at, 'big'), Buffer.alloc(300_000, 7));
    mkdirSync(join(at, 'hollow'));
    symlinkSync('run.sh', join(at, 'link'));
    writeFile(join(at, 'deep/node_modules/x'), 'installed');
  });
  rmSync(join(workdir, 'deep/er'), { recursive: true });
  writeFile(join(workdir, 'deep/er'), 'a file now');
  rmSync(join(workdir, 'run.sh'));
  mkdirSync(join(workdir, 'run.sh'));
  rmSync(join(workdir, 'hollow'), { recursive: true });
  rmSync(join(workdir, 'link'));
  writeFile(join(workdir, 'big'), 'small');
  rmSync(join(workdir, 'empty'));
  writeFile(join(workdir, 'new/node_modules/y'), 'installed');
  writeFile(join(workdir, 'new/file'), 'added');
  expect((await changes()).length).toBeGreaterThan(8);
  await back();
  expect((await changes()).filter(({ path }) => path !== 'new')).toEqual([]);
  expect(readFileSync(join(workdir, 'deep/er/a.txt'), 'utf8')).toBe('one');
  expect(statSync(join(workdir, 'run.sh')).mode & 0o7777).toBe(0o755);
  expect(readFileSync(join(workdir, 'big')).equals(Buffer.alloc(300_000, 7))).toBe(true);
  expect(readlinkSync(join(workdir, 'link'))).toBe('run.sh');
  expect(existsSync(join(workdir, 'hollow'))).toBe(true);
  expect(readFileSync(join(workdir, 'deep/node_modules/x'), 'utf8')).toBe('installed');
  expect(readdirSync(join(workdir, 'new'))).toEqual(['node_modules']);
});

test('S13: a link planted where the snapshot had a directory or file is replaced, not followed', async () => {
  const { dir, workdir, back } = await ground((at) => {
    writeFile(join(at, 'conf/passwd'), 'mine');
    writeFile(join(at, 'notes'), 'mine');
  });
  const outside = join(dir, 'outside');
  writeFile(join(outside, 'passwd'), 'the host’s');
  writeFile(join(outside, 'kept'), 'the host’s');
  rmSync(join(workdir, 'conf'), { recursive: true });
  symlinkSync(outside, join(workdir, 'conf'));
  rmSync(join(workdir, 'notes'));
  symlinkSync(join(outside, 'passwd'), join(workdir, 'notes'));
  symlinkSync(outside, join(workdir, 'planted'));
  await back();
  expect(readFileSync(join(outside, 'passwd'), 'utf8')).toBe('the host’s');
  expect(readdirSync(outside).sort()).toEqual(['kept', 'passwd']);
  expect(lstatSync(join(workdir, 'conf')).isDirectory()).toBe(true);
  expect(readFileSync(join(workdir, 'conf/passwd'), 'utf8')).toBe('mine');
  expect(lstatSync(join(workdir, 'notes')).isFile()).toBe(true);
  expect(existsSync(join(workdir, 'planted'))).toBe(false);
});

test.each(['../escape', '/tmp/escape', 'a/../../escape', 'unknown'])(
  'a tar that holds %j is refused',
  async (path) => {
    const dir = temporaryDir();
    const root = join(dir, 'work');
    mkdirSync(root);
    const archive = Readable.from([await tarOf([{ path, content: 'evil' }])]);
    const tree = readTree(root, []);
    const changes = [{ path, kind: 'removed' as const, wasBytes: 4, isBytes: 0 }];
    await expect(restore(root, tree, changes, archive)).rejects.toMatchObject({ code: 'WORKDIR_INVALID' });
    expect(readdirSync(dir)).toEqual(['work']);
    expect(readdirSync(root)).toEqual([]);
  },
);

test('a path that climbs is refused even where the index has it', async () => {
  const dir = temporaryDir();
  const root = join(dir, 'work');
  mkdirSync(root);
  const entry = { type: 'file', mode: 0o644, sizeBytes: 4, stamp: '', sha256: '' } as const;
  const archive = Readable.from([await tarOf([{ path: '../escape', content: 'evil' }])]);
  const changes = [{ path: '../escape', kind: 'removed' as const, wasBytes: 4, isBytes: 0 }];
  await expect(restore(root, new Map([['../escape', entry]]), changes, archive)).rejects.toMatchObject({
    code: 'WORKDIR_INVALID',
  });
  expect(readdirSync(dir)).toEqual(['work']);
});
