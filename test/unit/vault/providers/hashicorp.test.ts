import { expect, test } from 'vitest';
import { hashicorpProvider } from '../../../../src/vault/providers/hashicorp.js';
import { fakeClient, prints } from '../../../support/fake-client.js';

const source = { scheme: 'hcvault', path: 'secret/trading/okx', field: 'apiKey' } as const;

test('asks `vault kv get` for one field of one path', async () => {
  const { context, argv } = fakeClient('vault', prints('value-of-the-field'));
  expect((await hashicorpProvider.resolve(source, context)).reveal()).toBe('value-of-the-field');
  expect(argv()).toEqual(['kv', 'get', '-field=apiKey', 'secret/trading/okx']);
});

test('an absent client, one that fails, and an empty value', async () => {
  const { context } = fakeClient('vault');
  await expect(hashicorpProvider.resolve(source, context)).rejects.toMatchObject({
    message: 'the HashiCorp Vault CLI (vault) is not installed',
    remedy: expect.stringContaining('VAULT_ADDR'),
  });
  const failing = fakeClient('vault', 'process.exitCode = 2;');
  await expect(hashicorpProvider.resolve(source, failing.context)).rejects.toMatchObject({
    remedy: expect.stringContaining('vault login'),
  });
  const empty = fakeClient('vault', prints('\n'));
  await expect(hashicorpProvider.resolve(source, empty.context)).rejects.toMatchObject({
    code: 'SECRET_MISSING',
  });
});
