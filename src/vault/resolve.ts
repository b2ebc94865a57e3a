// Turns the sources of accounts and credentials into secrets. What is missing or malformed is refused before a box is made.
import type { AccountConfig, AlertConfig, CredentialConfig, LocatedSource } from '../config/config.js';
import type { HostEnvironment, Paths } from '../config/paths.js';
import { describeSource } from '../config/secret-source.js';
import { parseAlertUrl } from '../core/alert-url.js';
import type { Clock } from '../core/clock.js';
import { TradeboxError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { CredentialField, RealCredential } from '../venues/venue.js';
import { explainUnusable } from './bytes.js';
import type { VaultPassphrase } from './passphrase.js';
import type { ProviderContext, SecretProvider } from './provider.js';
import { providers } from './providers.js';
import { createVault, type Vault } from './vault.js';

export interface SecretResolver {
  readonly vault: Vault;
  /** What a source gives, fit for its use or not. Throws SECRET_MISSING, SECRET_SOURCE_FAILED, CONFIG_MODE_LOOSE, VAULT_…. */
  value(from: LocatedSource): Promise<Secret>;
  /** Every field of an account. Throws SECRET_MISSING, SECRET_INVALID, SECRET_SOURCE_FAILED, CONFIG_MODE_LOOSE, VAULT_…. */
  account(account: AccountConfig): Promise<RealCredential>;
  /** The value of a plain credential. Throws like `account`. */
  credential(credential: CredentialConfig): Promise<Secret>;
  /** The address of a receiver of alerts. Throws like `account`. */
  alert(alert: AlertConfig): Promise<Secret>;
}

export interface ResolverOptions {
  env: HostEnvironment;
  paths: Paths;
  passphrase: VaultPassphrase;
  clock: Clock;
}

export function createSecretResolver(options: ResolverOptions): SecretResolver {
  const vault = createVault(options.paths.vaultFile, options.passphrase, options.clock);
  const resolve = (from: LocatedSource) =>
    resolveSource(from, { env: options.env, vault, baseDir: from.baseDir });
  return {
    vault,
    value: resolve,
    account: async (account) => {
      const fields: [string, Secret][] = [];
      // One after the other: two password managers asking at once is one too many.
      for (const [name, from] of Object.entries(account.credentials)) {
        const secret = await resolve(from);
        const field = account.venue.credential.find((candidate) => candidate.name === name);
        check(from, explainUnfitField(secret, field));
        fields.push([name, secret]);
      }
      return Object.fromEntries(fields);
    },
    credential: async (credential) => {
      const secret = await resolve(credential.value);
      check(credential.value, explainUnusable(secret) ?? explainHeaderValue(secret));
      return secret;
    },
    alert: async ({ kind, url }) => {
      const secret = await resolve(url);
      const parsed = parseAlertUrl(kind, secret.reveal());
      check(url, explainUnusable(secret) ?? (parsed.ok ? undefined : parsed.problem));
      return secret;
    },
  };
}

/** Why a value cannot stand where an account's field or a credential needs it; undefined when it can. Never quotes it (S2). */
export function explainMisfit(
  secret: Secret,
  use: { account: AccountConfig; field: string } | { credential: CredentialConfig },
): string | undefined {
  if ('credential' in use) return explainUnusable(secret) ?? explainHeaderValue(secret);
  const field = use.account.venue.credential.find(({ name }) => name === use.field);
  return explainUnfitField(secret, field);
}

function explainUnfitField(secret: Secret, field: CredentialField | undefined): string | undefined {
  return explainUnusable(secret, field) ?? field?.explainMalformed?.(secret.reveal());
}

function resolveSource(from: LocatedSource, context: ProviderContext): Promise<Secret> {
  // Row and source have the same scheme, which the compiler cannot follow.
  const provider = providers[from.source.scheme] as SecretProvider;
  return provider.resolve(from.source, context);
}

function check(from: LocatedSource, problem: string | undefined): void {
  if (problem === undefined) return;
  const place = describeSource(from.source);
  throw new TradeboxError('SECRET_INVALID', `${from.origin}: the secret from ${place} ${problem}`, {
    remedy:
      from.source.scheme === 'vault'
        ? `Store it again: tradebox secrets set ${from.source.name}`
        : `Mend what ${place} gives.`,
  });
}

/** Why a value cannot stand in a header (RFC 9110 §5.5), where a line break would be another header; undefined when it can. */
function explainHeaderValue(secret: Secret): string | undefined {
  const value = secret.reveal();
  if (/[\r\n]/.test(value)) return 'holds a line break; was a second newline stored with it?';
  if (!/^[\x20-\x7e]*$/.test(value)) return 'holds a character that no header can carry';
  return value === value.trim() ? undefined : 'begins or ends with a space';
}
