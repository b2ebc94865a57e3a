// The real values that the vault and the configuration hold, attached to a box or not: none of them may lie in a working directory (E7).
import type { AccountConfig, AlertConfig, CredentialConfig, LocatedSource } from '../../config/config.js';
import { TradeboxError } from '../../core/errors.js';
import { isHunted } from '../../core/needles.js';
import type { Secret } from '../../core/secret.js';
import type { SecretResolver } from '../../vault/resolve.js';

/** A real value with the name it is told by. */
export interface NamedSecret {
  /** `account.field`, a credential's id, `alerts.kind`, or `vault:name`. */
  id: string;
  value: Secret;
}

export interface SecretPlaces {
  accounts: readonly Pick<AccountConfig, 'id' | 'credentials'>[];
  credentials: readonly Pick<CredentialConfig, 'id' | 'value'>[];
  alerts?: readonly Pick<AlertConfig, 'kind' | 'url'>[];
}

/** What can be looked for, and what it would take another's word or answer to know. */
export interface KnownSecrets {
  secrets: NamedSecret[];
  /** Ids of accounts and credentials, `alerts.kind` and `the vault`: what has values there that are not known, and not looked for. */
  unsearched: string[];
}

export interface StoredSecrets {
  /** Whether there is a vault. */
  hasVault: boolean;
  /** Whether its passphrase is known without a question. */
  isVaultOpen: boolean;
  resolver: () => Promise<Pick<SecretResolver, 'vault' | 'value'>>;
}

/** Read from this process and this machine's disk: nobody is asked, and nothing waits. Others start a program that may ask for its own unlock. */
const quietSchemes: ReadonlySet<LocatedSource['source']['scheme']> = new Set(['env', 'file']);

/**
 * The values of all places and of the whole vault. `attached` are resolved already and not asked for again; a place without a
 * value has none to find. Of what no box gets now nothing is asked that a person would have to answer, and what cannot be read
 * refuses nothing: it is named in `unsearched`.
 */
export async function knownSecrets(
  places: SecretPlaces,
  attached: readonly NamedSecret[],
  { hasVault, isVaultOpen, resolver }: StoredSecrets,
): Promise<KnownSecrets> {
  const known = new Map(attached.map(({ id, value }) => [id, value]));
  const unsearched = new Set<string>();
  for (const { id, entry, from } of placesOf(places)) {
    if (known.has(id) || from.source.scheme === 'vault') continue;
    const value = quietSchemes.has(from.source.scheme) ? await valueAt(await resolver(), from) : 'unknown';
    if (value === 'unknown') unsearched.add(entry);
    else if (value !== undefined) known.set(id, value);
  }
  const found = [...known].map(([id, value]) => ({ id, value }));
  const values = new Set(found.map(({ value }) => value.reveal()));
  const stored = !hasVault ? [] : isVaultOpen ? await vaultOf(await resolver()) : 'unknown';
  if (stored === 'unknown') unsearched.add('the vault');
  const others = stored === 'unknown' ? [] : stored.filter(({ value }) => !values.has(value.reveal()));
  return {
    secrets: [...found, ...others].filter(({ value }) => isHunted(value.reveal())),
    unsearched: [...unsearched],
  };
}

const shownNames = 6;

/** One line on what was not looked for; undefined where all was. */
export function explainUnsearched(unsearched: readonly string[]): string | undefined {
  if (unsearched.length === 0) return undefined;
  const shown = unsearched.slice(0, shownNames).join(', ');
  const more = unsearched.length > shownNames ? ` and ${unsearched.length - shownNames} more` : '';
  return `the working directory was not searched for secrets that this box does not get and that cannot be read without asking: ${shown}${more}`;
}

function placesOf({
  accounts,
  credentials,
  alerts = [],
}: SecretPlaces): { id: string; entry: string; from: LocatedSource }[] {
  return [
    ...accounts.flatMap(({ id, credentials: fields }) =>
      Object.entries(fields).map(([field, from]) => ({ id: `${id}.${field}`, entry: id, from })),
    ),
    ...credentials.map(({ id, value }) => ({ id, entry: id, from: value })),
    ...alerts.map(({ kind, url }) => ({ id: `alerts.${kind}`, entry: `alerts.${kind}`, from: url })),
  ];
}

async function valueAt(
  resolver: Pick<SecretResolver, 'value'>,
  from: LocatedSource,
): Promise<Secret | undefined | 'unknown'> {
  try {
    return await resolver.value(from);
  } catch (thrown) {
    if (!(thrown instanceof TradeboxError)) throw thrown;
    return thrown.code === 'SECRET_MISSING' ? undefined : 'unknown';
  }
}

async function vaultOf({ vault }: Pick<SecretResolver, 'vault'>): Promise<NamedSecret[] | 'unknown'> {
  try {
    return [...(await vault.all())].map(([name, value]) => ({ id: `vault:${name}`, value }));
  } catch (thrown) {
    if (!(thrown instanceof TradeboxError)) throw thrown;
    return 'unknown';
  }
}
