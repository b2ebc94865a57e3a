import { expect, test } from 'vitest';
import { describeUse, requireFit, usesOf } from '../../../../src/cli/launch/rotate.js';
import type { AccountConfig, CredentialConfig, LocatedSource } from '../../../../src/config/config.js';
import { Secret } from '../../../../src/core/secret.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { thrownBy } from '../../../support/host-files.js';

const from = (name: string): LocatedSource => ({
  source: { scheme: 'vault', name },
  baseDir: '/',
  origin: 'x:1',
});
const account: AccountConfig = {
  id: 'main',
  venue: okx,
  environment: 'demo',
  credentials: {
    apiKey: from('okx/key'),
    secretKey: from('okx/secret'),
    passphrase: { ...from(''), source: { scheme: 'env', name: 'okx/key' } },
  },
  origin: 'x:1',
};
const credential = { id: 'model', value: from('anthropic'), origin: 'x:2' } as CredentialConfig;

test('a secret is found wherever the vault gives it, and nowhere else', () => {
  const find = (...names: string[]) =>
    usesOf(new Set(names), { accounts: [account], credentials: [credential] }).map(describeUse);
  expect(find('okx/key')).toEqual(['main.apiKey']);
  expect(find('okx/key', 'okx/secret', 'anthropic')).toEqual(['main.apiKey', 'main.secretKey', 'model']);
  expect(find('other')).toEqual([]);
});

test('S2: a value that does not fit where it is used is refused without being quoted', () => {
  const uses = usesOf(new Set(['anthropic']), { accounts: [], credentials: [credential] });
  const value = 'sk-with-a-line\nbreak-in-it';
  const thrown = thrownBy(() => requireFit(new Map([['anthropic', new Secret(value)]]), uses));
  expect(thrown).toMatchObject({ code: 'SECRET_INVALID' });
  expect(String(thrown)).toMatch(/used as model, holds a line break/);
  expect(String(thrown)).not.toContain('sk-with');
  requireFit(new Map([['anthropic', new Secret('sk-on-one-line-only')]]), uses);
});
