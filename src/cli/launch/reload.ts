// Gives a running box the rules that its configuration says now. Only rules: secrets, accounts and pins need a new sidecar.
import { assertSameRegime, settledRegime } from '../../config/regime.js';
import { messageOf, TradeboxError } from '../../core/errors.js';
import { control } from '../../sandbox/control.js';
import type { Engine } from '../../sandbox/engine.js';
import { readRecord } from '../../sandbox/records.js';
import { type PolicyReply, policyReplySchema } from '../../sidecar/control.js';
import { describeAttached } from '../../sidecar/policy-reload.js';
import type { CliContext } from '../context.js';
import type { AskSidecar } from './guard-reload.js';
import { assertSameLock } from './locked.js';
import { type LaunchRecord, launchRecordSchema } from './request.js';
import { planRules } from './rules.js';

/**
 * Loads the rules. On any error the old ones stay, and the journal of the box says why.
 * Throws BOX_UNKNOWN, BOX_NOT_RUNNING, CONFIG_…, PROFILE_…, SIDECAR_FAILED.
 */
export async function reloadPolicy(
  context: CliContext,
  engine: Engine,
  name: string,
  ask: AskSidecar = (request) => control(engine, name, request),
): Promise<PolicyReply> {
  const launch = launchOf(context, name);
  let planned: Awaited<ReturnType<typeof planRules>>;
  try {
    planned = await planAgain(context, launch);
    const { regime, request, lockSha256 } = launch;
    const accounts = request.paper ? 0 : planned.attached.accounts.length;
    assertSameLock(name, lockSha256, planned.locked);
    if (regime !== undefined) assertSameRegime(name, regime, settledRegime(planned.config.regime, accounts));
  } catch (thrown) {
    await ask({ op: 'policy-problem', message: messageOf(thrown) });
    throw thrown;
  }
  const { rules, config, attached } = planned;
  const reply = await ask({
    op: 'policy',
    policy: { rules },
    attached: describeAttached({
      pins: config.pins,
      plain: attached.credentials,
      accounts: attached.accounts.map(({ id, venue, environment }) => ({ id, venue: venue.id, environment })),
    }),
  });
  if (reply.ok) return policyReplySchema.parse(reply.result);
  throw new TradeboxError('CONFIG_INVALID', `${name} keeps its old policy: ${reply.message}`, {
    remedy: `Mend the configuration, or give the box a new sidecar with \`tradebox restart ${name}\`.`,
  });
}

/** Does what a reload does before it tells the sidecar: a process takes much longer for that the first time. Never throws. */
export async function rehearseReload(context: CliContext, name: string): Promise<void> {
  try {
    await planAgain(context, launchOf(context, name));
  } catch {
    // Wrong by now: the change itself is told.
  }
}

/** The agent may have the terminal: nobody is asked, and a change that is not approved leaves the old policy. */
function planAgain(context: CliContext, { request }: LaunchRecord): ReturnType<typeof planRules> {
  return planRules({ ...context, loadConfig: context.loadApprovedConfig }, request);
}

function launchOf(context: CliContext, name: string): LaunchRecord {
  const launch = launchRecordSchema.safeParse(readRecord(context.paths.stateDir, name)?.launch);
  if (launch.success) return launch.data;
  throw new TradeboxError('BOX_UNKNOWN', `how the box "${name.slice(0, 60)}" was started is not known`, {
    remedy: 'List the boxes with `tradebox ps`.',
  });
}
