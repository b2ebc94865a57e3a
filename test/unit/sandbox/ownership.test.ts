// Giving a directory away while somebody else still writes in it.
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { giveTree } from '../../../src/sandbox/ownership.js';
import { temporaryDir } from '../../support/host-files.js';

const owner = { uid: 7, gid: 7 };
afterEach(() => {
  vi.restoreAllMocks();
});

test('a file that vanishes meanwhile is no error, any other failure is', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  const dir = temporaryDir();
  mkdirSync(join(dir, 'okx-main'));
  for (const name of ['000001.jsonl', 'okx-main/1.jsonl', 'writer.lock']) writeFileSync(join(dir, name), '');
  const given: string[] = [];
  const give = (path: string) => {
    if (path.endsWith('writer.lock')) rmSync(path); // its holder ends at this moment
    lstatSync(path);
    given.push(path);
  };
  giveTree(dir, owner, give);
  const expected = ['', '000001.jsonl', 'okx-main', 'okx-main/1.jsonl'].map((name) => join(dir, name));
  expect(given.sort()).toEqual(expected);
  const refuse = () => {
    throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
  };
  expect(() => giveTree(dir, owner, refuse)).toThrow('not permitted');
});

test('who is not root gives nothing away', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(1000);
  const give = vi.fn();
  giveTree(temporaryDir(), owner, give);
  expect(give).not.toHaveBeenCalled();
});
