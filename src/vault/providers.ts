// The list of secret providers. A new one is one leaf, one line here, and its form in config/secret-source.ts.
import type { Scheme, SecretProvider } from './provider.js';
import { awsProvider } from './providers/aws.js';
import { commandProvider } from './providers/command.js';
import { envProvider } from './providers/env.js';
import { fileProvider } from './providers/file.js';
import { gcpProvider } from './providers/gcp.js';
import { hashicorpProvider } from './providers/hashicorp.js';
import { keyringProvider } from './providers/keyring.js';
import { onePasswordProvider } from './providers/one-password.js';
import { passProvider } from './providers/pass.js';
import { vaultFileProvider } from './providers/vault-file.js';

export const providers: { readonly [Name in Scheme]: SecretProvider<Name> } = {
  vault: vaultFileProvider,
  env: envProvider,
  file: fileProvider,
  command: commandProvider,
  keyring: keyringProvider,
  op: onePasswordProvider,
  hcvault: hashicorpProvider,
  pass: passProvider,
  'aws-sm': awsProvider,
  'gcp-sm': gcpProvider,
};
