import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ProviderContext } from '../../../../src/vault/provider.js';
import { fileProvider } from '../../../../src/vault/providers/file.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../../support/host-files.js';

const isRoot = process.getuid?.() === 0;

const contextOf = (dir: string) => ({ env: hostEnvironment(dir), baseDir: dir }) as ProviderContext;
const read = (dir: string, path: string) => fileProvider.resolve({ scheme: 'file', path }, contextOf(dir));

test('reads a file relative to the one that names it, from home, or absolute', async () => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'keys', 'okx'), 'p$a\\ss "w\'ö\n');
  for (const path of ['keys/okx', '~/keys/okx', file]) {
    expect((await read(dir, path)).reveal()).toBe('p$a\\ss "w\'ö');
  }
});

test.each([0o640, 0o604, 0o620])('refuses mode %o with the command that mends it', async (mode) => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'key'), 'some value');
  chmodSync(file, mode);
  await expect(read(dir, 'key')).rejects.toMatchObject({
    code: 'CONFIG_MODE_LOOSE',
    remedy: `Run: chmod 600 ${file}`,
  });
});

test.skipIf(!isRoot)("refuses another user's file (needs root to make one)", async () => {
  const dir = temporaryDir();
  chownSync(writeFile(join(dir, 'key'), 'some value'), 12_345, 12_345);
  await expect(read(dir, 'key')).rejects.toMatchObject({ code: 'CONFIG_MODE_LOOSE' });
});

test('tells what is not there from what is not a file', async () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'sub'), { mode: 0o700 });
  await expect(read(dir, 'none')).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  await expect(read(dir, 'sub')).rejects.toMatchObject({ code: 'SECRET_SOURCE_FAILED' });
  execFileSync('/usr/bin/mkfifo', ['-m', '600', join(dir, 'pipe')]);
  await expect(read(dir, 'pipe')).rejects.toMatchObject({ code: 'SECRET_SOURCE_FAILED' });
  writeFile(join(dir, 'big'), 'x'.repeat(100_000));
  await expect(read(dir, 'big')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
});
