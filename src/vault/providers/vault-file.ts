// `vault:name`: a value in the encrypted file that `tradebox secrets set` writes.
import { TradeboxError } from '../../core/errors.js';
import type { SecretProvider } from '../provider.js';

export const vaultFileProvider: SecretProvider<'vault'> = {
  scheme: 'vault',
  resolve: async ({ name }, { vault }) => {
    const secret = await vault.get(name);
    if (secret !== undefined) return secret;
    throw new TradeboxError('SECRET_MISSING', `the vault holds no secret named ${name}`, {
      remedy: `Run: tradebox secrets set ${name}`,
    });
  },
};
