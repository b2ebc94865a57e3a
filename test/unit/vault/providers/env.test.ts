import { expect, test } from 'vitest';
import type { ProviderContext } from '../../../../src/vault/provider.js';
import { envProvider } from '../../../../src/vault/providers/env.js';
import { hostEnvironment, temporaryDir } from '../../../support/host-files.js';

const read = (name: string, variables: Record<string, string>) =>
  envProvider.resolve({ scheme: 'env', name }, {
    env: hostEnvironment(temporaryDir(), variables),
  } as ProviderContext);

test('gives a variable exactly, its line end too', async () => {
  expect((await read('KEY', { KEY: 'p$a\\ss\n' })).reveal()).toBe('p$a\\ss\n');
});

test('tells an unset variable from an empty one', async () => {
  await expect(read('KEY', {})).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    message: expect.stringContaining('is not set'),
  });
  await expect(read('KEY', { KEY: '' })).rejects.toMatchObject({
    message: expect.stringContaining('is empty'),
  });
});
