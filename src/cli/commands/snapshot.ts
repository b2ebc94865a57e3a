// tradebox snapshot: keeps the state of a working directory. One is taken by itself before each run.
import { z } from 'zod';
import { sizeOf } from '../../sandbox/snapshot/tree.js';
import { defineCommand, flag, required } from '../command.js';
import { printable, table } from '../style.js';

const snapshotSchema = z.object({
  id: z.string(),
  /** ISO time. */
  at: z.string(),
  reason: z.string(),
  files: z.int(),
  /** Bytes of the files. */
  sizeBytes: z.int(),
  /** Bytes on disk. */
  storedBytes: z.int(),
});

export const command = defineCommand({
  description:
    'Names such as node_modules and .venv are left out; how many are kept, what they may take and what is left out stands in\ntradebox.yaml: workdir: { snapshots: { keep: 10, maxMb: 1024, exclude: [node_modules, .venv, __pycache__] } }',
  arguments: { workdir: required('workdir', 'a working directory, or a box') },
  options: { list: flag('--list', 'list what there is and take none') },
  usesConfig: true,
  examples: [
    { command: 'tradebox snapshot ./strategy', does: 'keep it as it is now' },
    { command: 'tradebox snapshot ./strategy --list', does: 'what there is to go back to' },
  ],
  result: z.object({
    workdir: z.string(),
    /** Id of the one that was taken; null with --list or when nothing has changed since the latest. */
    taken: z.string().nullable(),
    /** Oldest first. */
    snapshots: z.array(snapshotSchema),
  }),
  render: ({ workdir, snapshots, taken }, style) =>
    snapshots.length === 0
      ? `no snapshot of ${printable(workdir)}`
      : table(
          snapshots.map(({ id, reason, files, storedBytes }) => [
            id,
            reason,
            `${files} files`,
            `${storedBytes} bytes on disk`,
            id === taken ? 'new' : '',
          ]),
          (cell, column) => (column === 0 ? style.bold(cell) : cell),
        ),
  run: async (context, { arguments: { workdir: word }, options }) => {
    const { assertNoBoxIn, workdirNamed } = await import('../launch/snapshots.js');
    const { limitsFrom } = await import('../launch/workdir.js');
    const { openSnapshots } = await import('../../sandbox/snapshot/store.js');
    const workdir = workdirNamed(context, word);
    const store = openSnapshots(context.paths.snapshotsDir, workdir);
    let taken: string | null = null;
    if (!options.list) {
      await assertNoBoxIn(context, workdir);
      const { snapshots } = (await context.loadConfig(workdir)).workdir;
      const made = await store.take({
        ...limitsFrom(snapshots),
        reason: 'by hand',
        nowMs: context.clock.nowMs(),
      });
      if (made.isNew) taken = made.snapshot.id;
      else context.output.note(`nothing has changed since ${made.snapshot.id}`);
    }
    const rows = store.list().map(({ id, at, reason, tree, storedBytes }) => {
      const files = [...tree.values()].filter(({ type }) => type === 'file');
      return {
        id,
        at,
        reason,
        files: files.length,
        sizeBytes: files.reduce((sum, entry) => sum + sizeOf(entry), 0),
        storedBytes,
      };
    });
    return { result: { workdir, taken, snapshots: rows } };
  },
});
