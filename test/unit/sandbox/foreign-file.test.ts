// Files that an agent may have made: nothing in their place may hold the reader.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openForeign, readForeign, UnfitFile } from '../../../src/sandbox/foreign-file.js';
import { hashFile } from '../../../src/sandbox/snapshot/tree.js';
import { temporaryDir, writeFile } from '../../support/host-files.js';

test('a regular file is read whole, up to the size asked for', () => {
  const path = join(temporaryDir(), 'a');
  writeFile(path, 'content');
  expect(readForeign(path, 7).toString()).toBe('content');
  expect(() => readForeign(path, 6)).toThrow(UnfitFile);
});

test('who reads much is asked between the pieces, and may end it', () => {
  const path = join(temporaryDir(), 'large');
  writeFile(path, Buffer.alloc(9 * 1024 * 1024));
  let pieces = 0;
  expect(readForeign(path, 10 * 1024 * 1024, () => (pieces += 1))).toHaveLength(9 * 1024 * 1024);
  expect(pieces).toBe(3);
  const end = () => {
    throw new Error('enough');
  };
  expect(() => readForeign(path, 10 * 1024 * 1024, end)).toThrow('enough');
});

test('pipes, links, devices and directories are refused at once', async () => {
  const dir = temporaryDir();
  const pipe = join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(dir, 'directory'));
  for (const path of [pipe, '/dev/zero', join(dir, 'directory')]) {
    expect(() => readForeign(path, 10)).toThrow(UnfitFile);
    expect(() => openForeign(path)).toThrow(UnfitFile);
  }
  symlinkSync('/dev/zero', join(dir, 'link'));
  expect(() => readForeign(join(dir, 'link'), 10)).toThrow('ELOOP');
  await expect(hashFile(pipe)).rejects.toThrow(UnfitFile);
});
