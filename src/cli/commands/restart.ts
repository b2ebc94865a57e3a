// tradebox restart: a new sidecar for a box whose own has died. The secrets come from the vault again, never from the disk.
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, required } from '../command.js';

export const command = defineCommand({
  description:
    'The agent stays as it is and keeps its decoys. The new sidecar has a new certificate authority: processes that had loaded the old one must be started anew.',
  arguments: { name: required('name', 'name of the box') },
  usesConfig: true,
  examples: [{ command: 'tradebox restart lab', does: 'give the box its network back' }],
  run: async (context, { arguments: { name } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { readRecord, writeRecord } = await import('../../sandbox/records.js');
    const { restartSidecar } = await import('../../sandbox/upkeep.js');
    const { launchRecordSchema } = await import('../launch/request.js');
    const { planLaunch } = await import('../launch/plan.js');
    const { assertSameRegime } = await import('../../config/regime.js');
    const engine = await openEngine(context.env);
    const { stateDir } = context.paths;
    const record = readRecord(stateDir, name);
    const launch = launchRecordSchema.safeParse(record?.launch);
    if (record === undefined || !launch.success) {
      throw new TradeboxError('BOX_UNKNOWN', `how the box "${name.slice(0, 60)}" was started is not known`, {
        remedy: 'List the boxes with `tradebox ps`; discard it with `tradebox reset`.',
      });
    }
    const { lastRules } = await import('../launch/taint.js');
    const { agreedRules } = await import('../launch/guard-start.js');
    const { assertSameLock } = await import('../launch/locked.js');
    const { request, decoys, regime, lockSha256 } = launch.data;
    const rules = await agreedRules(context, name, request.mode, lastRules(context, name));
    const plan = await planLaunch(context, request, decoys, rules);
    assertSameLock(name, lockSha256, plan.locked);
    if (regime !== undefined) assertSameRegime(name, regime, plan.regime);
    const progress = await context.output.progress(`restarting the sidecar of ${name}`);
    try {
      const ready = await restartSidecar(engine, name, stateDir, plan.makeSettings, plan.accountIds);
      writeRecord(stateDir, { ...record, ...plan.record, journalHead: ready.head });
      progress.succeed(`${name} has its network back`);
    } catch (thrown) {
      progress.fail(`${name} has no network`);
      throw thrown;
    }
    return {};
  },
});
