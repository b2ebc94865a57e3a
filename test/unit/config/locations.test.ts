import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertOutside, expandHome, isInside, shortenHome } from '../../../src/config/locations.js';
import { temporaryDir, writeFile } from '../../support/host-files.js';

test('inside means at or below, and not merely with the same beginning', () => {
  const dir = temporaryDir();
  expect(isInside(join(dir, 'work'), join(dir, 'work'))).toBe(true);
  expect(isInside(join(dir, 'work'), join(dir, 'work', 'a', 'b'))).toBe(true);
  expect(isInside(join(dir, 'work'), join(dir, 'workshop', 'a'))).toBe(false);
  expect(isInside(join(dir, 'work'), dir)).toBe(false);
  expect(isInside(join(dir, 'work'), join(dir, 'work', '..x'))).toBe(true);
});

test('S9: a link is followed, in the directory and in the path', () => {
  const dir = temporaryDir();
  mkdirSync(join(dir, 'work'));
  const real = writeFile(join(dir, 'work', 'evil.yaml'), 'x');
  symlinkSync(real, join(dir, 'tradebox.yaml'));
  symlinkSync(join(dir, 'work'), join(dir, 'alias'));
  expect(isInside(join(dir, 'work'), join(dir, 'tradebox.yaml'))).toBe(true);
  expect(isInside(join(dir, 'alias'), real)).toBe(true);
  expect(() => assertOutside(join(dir, 'alias'), join(dir, 'tradebox.yaml'), 'the file')).toThrow(/S9/);
});

test('a home directory is written and read as ~', () => {
  expect(expandHome('~/keys/okx', '/home/ada')).toBe('/home/ada/keys/okx');
  expect(expandHome('~ada/x', '/home/ada')).toBe('~ada/x');
  expect(shortenHome('/home/ada/x', '/home/ada')).toBe('~/x');
  expect(shortenHome('/home/adam/x', '/home/ada')).toBe('/home/adam/x');
});
