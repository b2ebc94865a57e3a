// Every real value that the vault and the configuration hold, attached to a box or not: none of them may lie in a working directory (E7).
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

/**
 * The values of all places and of the whole vault. `attached` are resolved already and not asked for again; a place without a
 * value has none to find. Throws SECRET_SOURCE_FAILED, CONFIG_MODE_LOOSE, VAULT_…: what cannot be known cannot be looked for.
 */
export async function knownSecrets(
  places: SecretPlaces,
  attached: readonly NamedSecret[],
  hasVault: boolean,
  resolver: () => Promise<Pick<SecretResolver, 'vault' | 'value'>>,
): Promise<NamedSecret[]> {
  const known = new Map(attached.map(({ id, value }) => [id, value]));
  for (const { id, from } of placesOf(places)) {
    if (known.has(id) || from.source.scheme === 'vault') continue;
    const value = await valueAt(await resolver(), from);
    if (value !== undefined) known.set(id, value);
  }
  const found = [...known].map(([id, value]) => ({ id, value }));
  const values = new Set(found.map(({ value }) => value.reveal()));
  const stored = hasVault ? await vaultOf(await resolver()) : [];
  return [...found, ...stored.filter(({ value }) => !values.has(value.reveal()))].filter(({ value }) =>
    isHunted(value.reveal()),
  );
}

function placesOf({
  accounts,
  credentials,
  alerts = [],
}: SecretPlaces): { id: string; from: LocatedSource }[] {
  return [
    ...accounts.flatMap((account) =>
      Object.entries(account.credentials).map(([field, from]) => ({ id: `${account.id}.${field}`, from })),
    ),
    ...credentials.map(({ id, value }) => ({ id, from: value })),
    ...alerts.map(({ kind, url }) => ({ id: `alerts.${kind}`, from: url })),
  ];
}

async function valueAt(
  resolver: Pick<SecretResolver, 'value'>,
  from: LocatedSource,
): Promise<Secret | undefined> {
  try {
    return await resolver.value(from);
  } catch (thrown) {
    if (thrown instanceof TradeboxError && thrown.code === 'SECRET_MISSING') return undefined;
    throw explained(thrown);
  }
}

async function vaultOf({ vault }: Pick<SecretResolver, 'vault'>): Promise<NamedSecret[]> {
  try {
    return [...(await vault.all())].map(([name, value]) => ({ id: `vault:${name}`, value }));
  } catch (thrown) {
    throw explained(thrown);
  }
}

/** Says what the value is wanted for: the box itself may need none. */
function explained(thrown: unknown): unknown {
  if (!(thrown instanceof TradeboxError)) return thrown;
  return new TradeboxError(
    thrown.code,
    `${thrown.message}; before a box gets the working directory it is searched for every secret you have stored (S13)`,
    { remedy: thrown.remedy, cause: thrown },
  );
}
