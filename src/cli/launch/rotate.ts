// New values for secrets in the boxes that run: found by what each box has attached, switched over its control
// channel, which is the only way a value takes (S2).
import type { AccountConfig, CredentialConfig } from '../../config/config.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { listBoxes } from '../../sandbox/boxes.js';
import { control } from '../../sandbox/control.js';
import type { Engine } from '../../sandbox/engine.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { type ControlRequest, rotateReplySchema, type SecretChange } from '../../sidecar/control.js';
import { explainMisfit, type SecretResolver } from '../../vault/resolve.js';
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
  const boxes = await attachedBoxes(context, engine);
  return boxes
    .map(({ box, problem, ...attached }) => ({ box, uses: usesOf(names, attached), problem }))
    .filter(({ uses, problem }) => problem !== null || uses.length > 0);
}

/**
 * Reads an account or a credential again at its sources, wherever they are, and switches each running box that has it attached.
 * Throws what the resolver throws: nothing is switched then. Nothing is stored.
 */
export async function rereadInBoxes(context: CliContext, engine: Engine, id: string): Promise<BoxSwitch[]> {
  const switched: BoxSwitch[] = [];
  const plans: { box: string; changes: SecretChange[] }[] = [];
  for (const { box, accounts, credentials, problem } of await attachedBoxes(context, engine)) {
    const account = accounts.find((one) => one.id === id);
    const credential = credentials.find((one) => one.id === id);
    if (problem !== null) switched.push({ box, uses: [], problem });
    else if (account !== undefined || credential !== undefined)
      plans.push({ box, changes: await changesOf(await context.secretResolver(), { account, credential }) });
  }
  for (const { box, changes } of plans) {
    const uses = changes.map(({ credential, field }) =>
      field === undefined ? credential : `${credential}.${field}`,
    );
    switched.push({ box, uses, problem: await switchProblem(engine, box, { changes, isReread: true }) });
  }
  return switched;
}

async function changesOf(
  resolver: SecretResolver,
  { account, credential }: { account: AccountConfig | undefined; credential: CredentialConfig | undefined },
): Promise<SecretChange[]> {
  if (credential !== undefined) {
    return [{ credential: credential.id, secret: (await resolver.credential(credential)).reveal() }];
  }
  if (account === undefined) return [];
  return Object.entries(await resolver.account(account)).map(([field, value]) => ({
    credential: account.id,
    field,
    secret: value.reveal(),
  }));
}

interface AttachedBox {
  box: string;
  accounts: readonly AccountConfig[];
  credentials: readonly CredentialConfig[];
  /** Why it is not known what it has; null when it is. */
  problem: string | null;
}

/** Boxes whose sidecar runs, with what they have attached. A box whose configuration cannot be read is told. */
async function attachedBoxes(context: CliContext, engine: Engine): Promise<AttachedBox[]> {
  // The terminal may be an agent's: nobody is asked about a changed file.
  const quiet = { ...context, loadConfig: context.loadApprovedConfig };
  const found: AttachedBox[] = [];
  for (const { name: box, status } of await listBoxes(engine, context.clock.nowMs())) {
    if (status !== 'running' && status !== 'agent-exited') continue;
    const launch = launchRecordSchema.safeParse(recordIfReadable(context.paths.stateDir, box)?.launch);
    if (!launch.success) continue;
    const { request } = launch.data;
    try {
      const { config, attached } = await planRules(quiet, request);
      const ids = new Set(request.paper ? [] : attached.accounts.map(({ id }) => id));
      const accounts = config.accounts.filter(({ id }) => ids.has(id));
      found.push({ box, accounts, credentials: attached.credentials, problem: null });
    } catch (thrown) {
      found.push({ box, accounts: [], credentials: [], problem: messageOf(thrown) });
    }
  }
  return found;
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
  return { box, uses: uses.map(describeUse), problem: await switchProblem(engine, box, { changes }) };
}

/** Why the box goes on with the values it had; null when it does not. */
async function switchProblem(
  engine: Engine,
  box: string,
  request: Omit<Extract<ControlRequest, { op: 'rotate' }>, 'op'>,
): Promise<string | null> {
  try {
    const reply = await control(engine, box, { op: 'rotate', ...request });
    if (!reply.ok) return reply.message;
    const { switched } = rotateReplySchema.parse(reply.result);
    return switched === 0 ? 'its sources give what the box has already' : null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}
