import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  assertPrivateDir,
  assertPrivateFile,
  assertUnwritableByOthers,
  ensurePrivateDir,
  readPrivateFile,
  shellWord,
  writePrivateFile,
} from '../../../src/config/private-files.js';
import { TradeboxError } from '../../../src/core/errors.js';
import { temporaryDir, thrownBy, writeFile } from '../../support/host-files.js';

const isRoot = process.getuid?.() === 0;

function looseError(action: () => unknown): TradeboxError {
  const thrown = thrownBy(action);
  expect(thrown).toBeInstanceOf(TradeboxError);
  const error = thrown as TradeboxError;
  expect(error.code).toBe('CONFIG_MODE_LOOSE');
  return error;
}

test('makes directories 0700 and refuses a looser one with the command that mends it', () => {
  const dir = join(temporaryDir(), 'a', "b'c");
  ensurePrivateDir(dir);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  chmodSync(dir, 0o750);
  const error = looseError(() => ensurePrivateDir(dir));
  expect(error.message).toContain('mode 0750');
  expect(error.remedy).toBe(`Run: chmod 700 ${shellWord(dir)}`);
  expect(error.remedy).toContain(`'\\''`);
});

test.each([0o640, 0o604, 0o620, 0o644])('refuses a private file with mode %o', (mode) => {
  const file = writeFile(join(temporaryDir(), 'vault'), 'x');
  chmodSync(file, mode);
  expect(looseError(() => assertPrivateFile(file)).remedy).toBe(`Run: chmod 600 ${file}`);
  expect(() => readPrivateFile(file)).toThrow(TradeboxError);
});

test('what is not there is not loose', () => {
  const dir = temporaryDir();
  assertPrivateDir(join(dir, 'none'));
  expect(readPrivateFile(join(dir, 'none'))).toBeUndefined();
});

test('a file that others may read passes, one they may change does not', () => {
  const file = writeFile(join(temporaryDir(), 'tradebox.yaml'), 'x');
  chmodSync(file, 0o644);
  assertUnwritableByOthers(file);
  chmodSync(file, 0o664);
  expect(looseError(() => assertUnwritableByOthers(file)).remedy).toBe(`Run: chmod go-w ${file}`);
});

test('a file that others could replace in its directory does not pass, unless the directory is sticky', () => {
  const dir = join(temporaryDir(), 'shared');
  mkdirSync(dir);
  const file = writeFile(join(dir, 'tradebox.yaml'), 'x');
  chmodSync(dir, 0o777);
  expect(looseError(() => assertUnwritableByOthers(file)).remedy).toBe(`Run: chmod o-w ${dir}`);
  chmodSync(dir, 0o1777);
  assertUnwritableByOthers(file);
});

test.skipIf(!isRoot)('refuses a file of another user (needs root to make one)', () => {
  const file = writeFile(join(temporaryDir(), 'vault'), 'x');
  chownSync(file, 12_345, 12_345);
  expect(looseError(() => assertPrivateFile(file)).message).toContain('another user');
});

test('replaces a file as a whole, 0600, and leaves no temporary behind', () => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'vault'), 'old', 0o600);
  writePrivateFile(file, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dir)).toEqual(['vault']);
});

test('a failed write leaves the old file and nothing else', () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'vault'));
  expect(() => writePrivateFile(join(dir, 'vault'), 'new')).toThrow();
  expect(readdirSync(dir)).toEqual(['vault']);
  expect(existsSync(join(dir, 'vault'))).toBe(true);
});
