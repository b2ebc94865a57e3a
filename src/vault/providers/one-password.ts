// `op://vault/item/field`: 1Password through its client (developer.1password.com/docs/cli/reference/commands/read).
import { secretFromClient } from '../client-program.js';
import type { SecretProvider } from '../provider.js';

const client = {
  title: '1Password CLI',
  install: 'Install it (developer.1password.com/docs/cli/get-started) and sign in: op signin',
  unlock: 'Sign in with `op signin`, and try `op read` with the same reference in this terminal.',
};

export const onePasswordProvider: SecretProvider<'op'> = {
  scheme: 'op',
  // It adds one line end, which is taken off again.
  resolve: ({ reference }, { env }) => secretFromClient(client, ['op', 'read', reference], env),
};
