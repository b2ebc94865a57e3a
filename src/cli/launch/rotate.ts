// New values for secrets of the vault in the boxes that run: found by what each box has attached, switched over its control
// channel, which is the only way a value takes (S2).
import type { AccountConfig, CredentialConfig } from '../../config/config.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { listBoxes } from '../../sandbox/boxes.js';
import { control } from '../../sandbox/control.js';
import type { Engine } from '../../sandbox/engine.js';
import { recordIfReadable } from '../../sandbox/records.js';
import type { SecretChange } from '../../sidecar/control.js';
import { explainMisfit } from '../../vault/resolve.js';
import type { CliContext } from '../context.js';
import { launchRecordSchema } from './request.js';
import { planRules } from './rules.js';

/** Where a box uses a secret of the vault. */
export type SecretUse = { name: string } & (
  | { account: AccountConfig; field: string }
  | { credential: CredentialConfig }
);

/** What became of one box. */
export interface BoxSwitch {
  box: string;
  /** Fields of accounts, and credentials, that have the new value. */
  uses: string[];
  /** Why it goes on with the old value; null when it does not. */
  problem: string | null;
}

/** The uses of these names among what is attached. */
export function usesOf(
  names: ReadonlySet<string>,
  attached: { accounts: readonly AccountConfig[]; credentials: readonly CredentialConfig[] },
): SecretUse[] {
  return [
    ...attached.accounts.flatMap((account) =>
      Object.entries(account.credentials).flatMap(([field, { source }]) =>
        source.scheme === 'vault' && names.has(source.name) ? [{ name: source.name, account, field }] : [],
      ),
    ),
    ...attached.credentials.flatMap((credential) => {
      const { source } = credential.value;
      return source.scheme === 'vault' && names.has(source.name) ? [{ name: source.name, credential }] : [];
    }),
  ];
}

/** `account.field`, or the credential's id. */
export const describeUse = (use: SecretUse): string =>
  'credential' in use ? use.credential.id : `${use.account.id}.${use.field}`;

/** Throws SECRET_INVALID when a value does not fit where it is used. */
export function requireFit(values: ReadonlyMap<string, Secret>, uses: readonly SecretUse[]): void {
  for (const use of uses) {
    const value = values.get(use.name);
    const problem = value === undefined ? undefined : explainMisfit(value, use);
    if (problem === undefined) continue;
    throw new TradeboxError(
      'SECRET_INVALID',
      `the value for ${use.name}, used as ${describeUse(use)}, ${problem}`,
      {
        remedy: 'Run the command again with the whole value; nothing was changed.',
      },
    );
  }
}

/** The boxes that run and use one of the names, with their uses. A box whose configuration cannot be read is told. */
export async function affectedBoxes(
  context: CliContext,
  engine: Engine,
  names: ReadonlySet<string>,
): Promise<{ box: string; uses: SecretUse[]; problem: string | null }[]> {
  const affected = [];
  for (const { name, status } of await listBoxes(engine, context.clock.nowMs())) {
    if (status !== 'running' && status !== 'agent-exited') continue;
    const launch = launchRecordSchema.safeParse(recordIfReadable(context.paths.stateDir, name)?.launch);
    if (!launch.success) continue;
    try {
      const quiet = { ...context, loadConfig: context.loadApprovedConfig };
      const { config, attached } = await planRules(quiet, launch.data.request);
      const ids = new Set(launch.data.request.paper ? [] : attached.accounts.map(({ id }) => id));
      const uses = usesOf(names, {
        accounts: config.accounts.filter(({ id }) => ids.has(id)),
        credentials: attached.credentials,
      });
      if (uses.length > 0) affected.push({ box: name, uses, problem: null });
    } catch (thrown) {
      affected.push({ box: name, uses: [], problem: messageOf(thrown) });
    }
  }
  return affected;
}

/** Switches one box: all its uses together, or none. */
export async function switchBox(
  engine: Engine,
  box: string,
  uses: readonly SecretUse[],
  values: ReadonlyMap<string, Secret>,
): Promise<BoxSwitch> {
  const changes = uses.flatMap((use): SecretChange[] => {
    const secret = values.get(use.name)?.reveal();
    if (secret === undefined) return [];
    return 'credential' in use
      ? [{ credential: use.credential.id, secret }]
      : [{ credential: use.account.id, field: use.field, secret }];
  });
  const told = { box, uses: uses.map(describeUse) };
  try {
    const reply = await control(engine, box, { op: 'rotate', changes });
    return { ...told, problem: reply.ok ? null : reply.message };
  } catch (thrown) {
    return { ...told, problem: messageOf(thrown) };
  }
}
