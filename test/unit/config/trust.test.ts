import { chmodSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTrustStore } from '../../../src/config/trust.js';
import { temporaryDir, thrownBy, writeFile } from '../../support/host-files.js';

const digest = (digit: string): string => digit.repeat(64);

test('a content is approved at a path, kept privately, and replaced by the next', () => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'project', 'tradebox.yaml'), '');
  const store = openTrustStore(join(dir, 'trust'));
  expect(store.isTrusted(file, digest('a'))).toBe(false);
  store.approve(file, digest('a'));
  const again = openTrustStore(join(dir, 'trust'));
  expect([again.isTrusted(file, digest('a')), again.isTrusted(file, digest('b'))]).toEqual([true, false]);
  expect(again.isTrusted(join(dir, 'tradebox.yaml'), digest('a'))).toBe(false);
  const [record = ''] = readdirSync(join(dir, 'trust'));
  expect(statSync(join(dir, 'trust')).mode & 0o777).toBe(0o700);
  expect(statSync(join(dir, 'trust', record)).mode & 0o777).toBe(0o600);
  store.approve(file, digest('b'));
  expect([store.isTrusted(file, digest('a')), store.isTrusted(file, digest('b'))]).toEqual([false, true]);
  expect([store.revoke(file), store.revoke(file), store.isTrusted(file, digest('b'))]).toEqual([
    true,
    false,
    false,
  ]);
});

test('the way to a file does not matter, the file does', () => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'project', 'tradebox.yaml'), '');
  symlinkSync(join(dir, 'project'), join(dir, 'link'));
  const store = openTrustStore(join(dir, 'trust'));
  store.approve(join(dir, 'link', 'tradebox.yaml'), digest('a'));
  expect(store.isTrusted(file, digest('a'))).toBe(true);
});

test('S11: a record that is broken approves nothing, one that others can change is refused', () => {
  const dir = temporaryDir();
  const file = writeFile(join(dir, 'tradebox.yaml'), '');
  const store = openTrustStore(join(dir, 'trust'));
  store.approve(file, digest('a'));
  const record = join(dir, 'trust', readdirSync(join(dir, 'trust'))[0] ?? '');
  writeFileSync(record, '{"version":1');
  expect(store.isTrusted(file, digest('a'))).toBe(false);
  store.approve(file, digest('a'));
  chmodSync(record, 0o622);
  expect(thrownBy(() => store.isTrusted(file, digest('a')))).toMatchObject({ code: 'CONFIG_MODE_LOOSE' });
});
