// `env:NAME`: a variable of the CLI's own environment, exactly as it is; no line end is taken off.
import { TradeboxError } from '../../core/errors.js';
import type { SecretProvider } from '../provider.js';

export const envProvider: SecretProvider<'env'> = {
  scheme: 'env',
  resolve: async ({ name }, { env }) => {
    const secret = env.variable(name);
    if (secret !== undefined && secret.reveal() !== '') return secret;
    const state = secret === undefined ? 'is not set' : 'is empty';
    throw new TradeboxError('SECRET_MISSING', `the environment variable ${name} ${state}`, {
      remedy: `Set ${name} for this command, or store the secret: tradebox secrets set <name>`,
    });
  },
};
