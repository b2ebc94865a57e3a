import { expect, test } from 'vitest';
import { Secret } from '../../../../src/core/secret.js';
import type { ProviderContext } from '../../../../src/vault/provider.js';
import { vaultFileProvider } from '../../../../src/vault/providers/vault-file.js';

const vault = { get: async (name: string) => (name === 'okx/key' ? new Secret('some value') : undefined) };

test('gives the value of a name, and tells how to store one that is not there', async () => {
  const context = { vault } as unknown as ProviderContext;
  expect((await vaultFileProvider.resolve({ scheme: 'vault', name: 'okx/key' }, context)).reveal()).toBe(
    'some value',
  );
  await expect(
    vaultFileProvider.resolve({ scheme: 'vault', name: 'okx/none' }, context),
  ).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    remedy: 'Run: tradebox secrets set okx/none',
  });
});
