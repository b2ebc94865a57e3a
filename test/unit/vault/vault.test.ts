import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { writePrivateFile } from '../../../src/config/private-files.js';
import { fixedClock } from '../../../src/core/clock.js';
import { Secret } from '../../../src/core/secret.js';
import { createVault, type Vault } from '../../../src/vault/vault.js';
import { temporaryDir, writeFile } from '../../support/host-files.js';
import { repositoryRoot } from '../../support/repository.js';

const cheapN = 32_768;
const clock = fixedClock(Date.UTC(2026, 10, 20));

function vaultAt(path: string, passphrase = 'correct horse battery'): Vault {
  const secret = async () => new Secret(passphrase);
  return createVault(path, { isKnown: () => true, existing: secret, fresh: secret }, clock, cheapN);
}

function vaultPath(): string {
  const dir = join(temporaryDir(), 'state');
  return join(dir, 'vault');
}

test('keeps values exactly, over processes', async () => {
  const path = vaultPath();
  const value = 'p$a\\ss"w\'ör d\n';
  expect(await vaultAt(path).set('okx-main/passphrase', new Secret(value))).toBe(false);
  expect((await vaultAt(path).get('okx-main/passphrase'))?.reveal()).toBe(value);
  expect(await vaultAt(path).get('okx-main/other')).toBeUndefined();
  expect(await vaultAt(path).list()).toEqual([
    { name: 'okx-main/passphrase', setAt: '2026-11-20T00:00:00.000Z' },
  ]);
});

test('an absent vault holds nothing and asks for nothing', async () => {
  const nobody = async (): Promise<Secret> => {
    throw new Error('asked');
  };
  const path = vaultPath();
  const vault = createVault(path, { isKnown: () => false, existing: nobody, fresh: nobody }, clock, cheapN);
  expect(vault.exists()).toBe(false);
  expect(await vault.get('a')).toBeUndefined();
  expect(await vault.list()).toEqual([]);
  expect(await vault.remove('a')).toBe(false);
});

test('replaces and removes', async () => {
  const vault = vaultAt(vaultPath());
  await vault.set('a', new Secret('first one'));
  expect(await vault.set('a', new Secret('second one'))).toBe(true);
  expect((await vault.get('a'))?.reveal()).toBe('second one');
  expect(await vault.remove('a')).toBe(true);
  expect(await vault.get('a')).toBeUndefined();
});

test('names of object properties are names like others', async () => {
  const vault = vaultAt(vaultPath());
  await vault.set('a', new Secret('first one'));
  expect(await vault.get('constructor')).toBeUndefined();
  expect(await vault.get('toString')).toBeUndefined();
});

test('S2: neither values nor names stand in the file; 0600 in a 0700 directory, nothing beside it', async () => {
  const path = vaultPath();
  const value = `s3cr3t-${Math.random().toString(36).slice(2)}`;
  await vaultAt(path).set('okx-main/apiKey', new Secret(value));
  const text = readFileSync(path, 'utf8');
  for (const form of [
    value,
    'okx-main',
    Buffer.from(value).toString('base64').slice(2, -3),
    Buffer.from(value).toString('hex'),
  ]) {
    expect(text).not.toContain(form);
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(path, '..'))).toEqual(['vault']);
});

test('loose modes are refused before anything is asked', async () => {
  const path = vaultPath();
  await vaultAt(path).set('a', new Secret('first one'));
  chmodSync(path, 0o640);
  await expect(vaultAt(path).get('a')).rejects.toMatchObject({ code: 'CONFIG_MODE_LOOSE' });
  chmodSync(path, 0o600);
  chmodSync(join(path, '..'), 0o755);
  await expect(vaultAt(path).get('a')).rejects.toMatchObject({ code: 'CONFIG_MODE_LOOSE' });
  chmodSync(join(path, '..'), 0o700);
});

test('a wrong passphrase opens nothing and changes nothing', async () => {
  const path = vaultPath();
  await vaultAt(path).set('a', new Secret('first one'));
  const before = readFileSync(path);
  const wrong = vaultAt(path, 'wrong horse battery');
  await expect(wrong.get('a')).rejects.toMatchObject({ code: 'VAULT_PASSPHRASE_WRONG' });
  await expect(wrong.set('b', new Secret('second one'))).rejects.toMatchObject({
    code: 'VAULT_PASSPHRASE_WRONG',
  });
  expect(readFileSync(path)).toEqual(before);
});

test('changes of several vault objects at once are all kept', async () => {
  const path = vaultPath();
  await vaultAt(path).set('first', new Secret('value of first'));
  const names = Array.from({ length: 6 }, (_, index) => `name-${index}`);
  await Promise.all(names.map((name) => vaultAt(path).set(name, new Secret(`value of ${name}`))));
  expect((await vaultAt(path).list()).map(({ name }) => name)).toEqual(['first', ...names]);
});

test('what another process stored while this one waited for the lock is kept', async () => {
  const path = vaultPath();
  await vaultAt(path).set('first', new Secret('value of first'));
  const before = readFileSync(path);
  await vaultAt(path).set('second', new Secret('value of second'));
  const after = readFileSync(path);
  writePrivateFile(path, before);
  const vault = vaultAt(path);
  await vault.get('first');
  writeFile(`${path}.lock`, `${process.pid}\n`);
  const waiting = vault.set('third', new Secret('value of third'));
  await sleep(100);
  writePrivateFile(path, after);
  rmSync(`${path}.lock`);
  await waiting;
  expect((await vaultAt(path).list()).map(({ name }) => name)).toEqual(['first', 'second', 'third']);
});

test('changes of several processes at once are all kept', { timeout: 60_000 }, async () => {
  const path = vaultPath();
  await vaultAt(path).set('first', new Secret('value of first'));
  const script = `
    import { createVault } from ${JSON.stringify(join(repositoryRoot, 'src/vault/vault.ts'))};
    import { Secret } from ${JSON.stringify(join(repositoryRoot, 'src/core/secret.ts'))};
    const secret = async () => new Secret('correct horse battery');
    const vault = createVault(process.argv[1], { isKnown: () => true, existing: secret, fresh: secret }, { nowMs: () => 0 }, ${cheapN});
    for (const round of [1, 2, 3]) await vault.set(process.argv[2] + '-' + round, new Secret('some value'));`;
  const run = promisify(execFile);
  const tsx = join(repositoryRoot, 'node_modules/tsx/dist/loader.mjs');
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      run(process.execPath, ['--import', tsx, '--input-type=module', '-e', script, path, name]),
    ),
  );
  const names = (await vaultAt(path).list()).map(({ name }) => name);
  expect(names).toEqual(['a-1', 'a-2', 'a-3', 'b-1', 'b-2', 'b-3', 'c-1', 'c-2', 'c-3', 'first']);
});
