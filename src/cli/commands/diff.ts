// tradebox diff: what was added, changed or removed in a working directory since a snapshot, by default since the last run began.
import { z } from 'zod';
import { defineCommand, required, text } from '../command.js';
import { printable, type Style } from '../style.js';

export const changeSchema = z.object({
  path: z.string(),
  kind: z.enum(['added', 'changed', 'removed']),
  /** Bytes then and now; 0 for what is no file or not there. */
  wasBytes: z.int(),
  isBytes: z.int(),
});

export const command = defineCommand({
  description:
    'Contents are compared, not times. What the snapshot left out (node_modules, .venv …) is not looked at.',
  arguments: { workdir: required('workdir', 'a working directory, or a box') },
  options: {
    from: text(
      '--from <id>',
      'the snapshot to compare with, or the beginning of its id; the latest if absent',
    ),
  },
  examples: [
    { command: 'tradebox diff ./strategy', does: 'what has the agent done since the run began?' },
    { command: 'tradebox diff lab --json', does: 'the same for the box lab, for a script' },
  ],
  result: z.object({ workdir: z.string(), from: z.string(), changes: z.array(changeSchema) }),
  render: ({ changes, from }, style) =>
    changes.length === 0 ? `nothing has changed since ${from}` : renderChanges(changes, style),
  run: async (context, { arguments: { workdir: word }, options }) => {
    const { chooseSnapshot, workdirNamed } = await import('../launch/snapshots.js');
    const { openSnapshots } = await import('../../sandbox/snapshot/store.js');
    const { compareTrees, readTree } = await import('../../sandbox/snapshot/tree.js');
    const workdir = workdirNamed(context, word);
    const snapshot = chooseSnapshot(
      openSnapshots(context.paths.snapshotsDir, workdir),
      options.from,
      workdir,
    );
    const now = readTree(workdir, snapshot.exclude);
    return {
      result: { workdir, from: snapshot.id, changes: await compareTrees(snapshot.tree, now, workdir) },
    };
  },
});

/** One line each: what became of it, its path, its size. */
export function renderChanges(changes: readonly z.infer<typeof changeSchema>[], style: Style): string {
  const marks = { added: style.green('+'), changed: style.yellow('~'), removed: style.red('-') };
  return changes
    .map(({ kind, path, wasBytes, isBytes }) => {
      const size =
        kind === 'added' ? `${isBytes}` : kind === 'removed' ? `${wasBytes}` : `${wasBytes} → ${isBytes}`;
      return `${marks[kind]} ${printable(path)}  ${style.dim(`${size} bytes`)}`;
    })
    .join('\n');
}
