// The contract of a place that secrets come from. A provider gives the exact value or throws; it never logs and never guesses.
import type { HostEnvironment } from '../config/paths.js';
import type { SecretSource } from '../config/secret-source.js';
import type { Secret } from '../core/secret.js';
import type { Vault } from './vault.js';

export type Scheme = SecretSource['scheme'];

/** What a provider may use. */
export interface ProviderContext {
  env: HostEnvironment;
  /** The encrypted vault; the passphrase is asked for when it is first used. */
  vault: Vault;
  /** Directory that relative paths are read from. */
  baseDir: string;
}

export interface SecretProvider<Name extends Scheme = Scheme> {
  scheme: Name;
  /**
   * The value, exactly. Throws SECRET_MISSING when there is none, SECRET_SOURCE_FAILED when the place does not answer,
   * CONFIG_MODE_LOOSE when others can read it, VAULT_… of the vault. No message holds the value or output that could (S2).
   */
  resolve(source: Extract<SecretSource, { scheme: Name }>, context: ProviderContext): Promise<Secret>;
}
