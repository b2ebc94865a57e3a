// tradebox rollback: puts a working directory back to a snapshot, by default to the one taken before the last run.
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, flag, required, text } from '../command.js';
import { createStyle } from '../style.js';
import { changeSchema, renderChanges } from './diff.js';

export const command = defineCommand({
  description:
    'Shows what would change and asks; without a terminal it needs --yes. A snapshot of what is there now is taken first, so it can be undone.\nWhat snapshots leave out (node_modules, .venv …) stays as it is.',
  arguments: { workdir: required('workdir', 'a working directory, or a box') },
  options: {
    to: text('--to <id>', 'the snapshot, or the beginning of its id; the latest if absent'),
    yes: flag('-y, --yes', 'do not ask'),
  },
  usesConfig: true,
  examples: [
    { command: 'tradebox rollback ./strategy', does: 'undo what the agent did since the run began' },
    {
      command: 'tradebox rollback ./strategy --to 20261121T0338 --yes',
      does: 'to another snapshot, unasked',
    },
  ],
  result: z.object({
    workdir: z.string(),
    to: z.string(),
    /** Snapshot of what was there before; null when nothing had to be done. */
    undo: z.string().nullable(),
    /** What had changed since, and is undone now. */
    undone: z.array(changeSchema),
  }),
  render: ({ undone, to, undo }) =>
    undo === null
      ? `nothing has changed since ${to}`
      : `${undone.length} changes undone; take that back with --to ${undo}`,
  run: async (context, { arguments: { workdir: word }, options }) => {
    const { assertNoBoxIn, chooseSnapshot, workdirNamed } = await import('../launch/snapshots.js');
    const { limitsFrom } = await import('../launch/workdir.js');
    const { beforeRollback, openSnapshots } = await import('../../sandbox/snapshot/store.js');
    const { restore } = await import('../../sandbox/snapshot/restore.js');
    const { compareTrees, readTree } = await import('../../sandbox/snapshot/tree.js');
    const workdir = workdirNamed(context, word);
    const store = openSnapshots(context.paths.snapshotsDir, workdir);
    const snapshot = chooseSnapshot(store, options.to, workdir);
    await assertNoBoxIn(context, workdir);
    const changes = await compareTrees(snapshot.tree, readTree(workdir, snapshot.exclude), workdir);
    if (changes.length === 0) return { result: { workdir, to: snapshot.id, undo: null, undone: [] } };
    if (!options.yes) {
      context.output.note(renderChanges(changes, createStyle(false)));
      if (!context.prompt.isInteractive) {
        throw new TradeboxError(
          'USAGE',
          `${changes.length} changes would be undone, and there is nobody to ask`,
          {
            remedy: 'Look at `tradebox diff`, then repeat with --yes.',
          },
        );
      }
      if (!(await context.prompt.confirm(`Undo these ${changes.length} changes?`, false))) {
        throw new TradeboxError('USAGE', 'nothing was changed', { remedy: 'Answer y to go on.' });
      }
    }
    const { snapshots } = (await context.loadConfig(workdir)).workdir;
    const before = await store.take({
      ...limitsFrom(snapshots),
      exclude: snapshot.exclude,
      reason: beforeRollback,
      nowMs: context.clock.nowMs(),
      needed: [snapshot.id],
    });
    await restore(workdir, snapshot.tree, changes, store.read(snapshot));
    return { result: { workdir, to: snapshot.id, undo: before.snapshot.id, undone: changes } };
  },
});
