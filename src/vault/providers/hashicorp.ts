// `hcvault:mount/path#field`: the key-value engine of HashiCorp Vault through its client (developer.hashicorp.com/vault/docs/commands/kv/get).
import { secretFromClient } from '../client-program.js';
import type { SecretProvider } from '../provider.js';

const client = {
  title: 'HashiCorp Vault CLI',
  install: 'Install it (developer.hashicorp.com/vault/install), set VAULT_ADDR, and log in: vault login',
  unlock:
    'Check VAULT_ADDR, log in with `vault login`, and try `vault kv get` with the same path in this terminal.',
};

export const hashicorpProvider: SecretProvider<'hcvault'> = {
  scheme: 'hcvault',
  resolve: ({ path, field }, { env }) =>
    secretFromClient(client, ['vault', 'kv', 'get', `-field=${field}`, path], env),
};
