// What venues said of the keys of a box in which no real order can leave: they are asked while the agent owns the terminal already.
import { readJournal } from '../../audit/verify.js';
import { journalsOf } from '../../sandbox/checkpoints.js';
import { recordIfReadable } from '../../sandbox/records.js';
import { launchRecordSchema } from './request.js';

/** The clock of the engine's machine may be behind this one's, milliseconds. */
const slackMs = 60_000;

/** Each warning once, journaled since `sinceMs`. None of boxes that were told before they started, nor of a journal that cannot be read: its end says so. */
export function keyWarnings(stateDir: string, name: string, sinceMs: number): string[] {
  const record = recordIfReadable(stateDir, name);
  const launch = launchRecordSchema.safeParse(record?.launch);
  if (!launch.success || (record?.mode !== 'readonly' && record?.mode !== 'demo')) return [];
  const { accountIds } = launch.data;
  if (accountIds.length === 0) return [];
  const told = new Set<string>();
  for (const { dir } of journalsOf(stateDir, name, record.mode === 'readonly' ? [] : accountIds)) {
    try {
      for (const { at, event } of readJournal(dir)) {
        if (event.type !== 'account.checked' || Date.parse(at) < sinceMs - slackMs) continue;
        if (accountIds.includes(event.account)) for (const warning of event.warnings) told.add(warning);
      }
    } catch {
      // Told where its checkpoint is taken.
    }
  }
  return [...told];
}
