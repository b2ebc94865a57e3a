// When the host takes checkpoints of a box's journals: as a box ends, and at intervals while a command of ours lives beside it.
import type { JournalHead } from '../../audit/events.js';
import { messageOf } from '../../core/errors.js';
import { journalsOf, noteJournal } from '../../sandbox/checkpoints.js';
import { readRecord } from '../../sandbox/records.js';
import type { CliContext } from '../context.js';
import { launchRecordSchema } from './request.js';

type Places = { clock: CliContext['clock']; paths: { stateDir: string } };

/** Between two checkpoints while a command lives beside the box, milliseconds. */
export const checkpointIntervalMs = 5 * 60_000;

export interface Taken {
  /** One sentence for each journal that does not hold; an unfinished last line of a writer at work is none. */
  problems: string[];
  /** Of the box's own journal, where it holds. */
  head?: JournalHead;
}

/** Signs the heads of the box's journal and of its accounts' journals that hold. */
export function takeCheckpoints({ clock, paths: { stateDir } }: Places, name: string): Taken {
  const record = readRecord(stateDir, name);
  const launch = launchRecordSchema.safeParse(record?.launch);
  const accounts = launch.success && record?.mode !== 'readonly' ? launch.data.accountIds : [];
  const problems: string[] = [];
  let head: JournalHead | undefined;
  for (const journal of journalsOf(stateDir, name, accounts)) {
    try {
      const isOwn = journal.id === `box/${name}`;
      const known = isOwn ? record?.journalHead : undefined;
      const { problem, ok, head: reached } = noteJournal(stateDir, journal, clock.nowMs(), known);
      if (isOwn && ok) head = reached;
      if (problem === undefined || problem.kind === 'unfinished') continue;
      problems.push(`the journal ${journal.id} does not hold: ${problem.message}`);
    } catch (thrown) {
      problems.push(`the journal ${journal.id} does not hold: ${messageOf(thrown)}`);
    }
  }
  return { problems, ...(head === undefined ? {} : { head }) };
}

/** Takes checkpoints at intervals until the returned function is called; says what does not hold, once for each. */
export function keepCheckpoints(
  context: Places & { output: Pick<CliContext['output'], 'warn'> },
  names: () => readonly string[] | Promise<readonly string[]>,
  intervalMs = checkpointIntervalMs,
): () => void {
  const said = new Set<string>();
  const take = async (): Promise<void> => {
    for (const name of await names()) {
      for (const problem of takeCheckpoints(context, name).problems) {
        if (!said.has(problem)) context.output.warn(problem);
        said.add(problem);
      }
    }
  };
  const timer = setInterval(() => {
    take().catch((thrown: unknown) => context.output.warn(`no checkpoint was taken: ${messageOf(thrown)}`));
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
