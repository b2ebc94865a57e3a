// Opens the journal so that the tally folds every record of it: those of earlier sidecars first, then each as it is written.
import type { JournalEvent } from '../audit/events.js';
import type { Journal, openJournal } from '../audit/journal.js';
import type { FoldedRecord } from '../audit/taint.js';
import { readJournal } from '../audit/verify.js';
import type { Clock } from '../core/clock.js';
import { isoTime } from '../core/iso-time.js';
import type { Settings } from './settings.js';
import type { Tally } from './state.js';

/**
 * Taint outlives the process: only a reset, which brings another sandbox id, clears it. What the fold itself
 * finds, such as a burst of denied names, gets its `taint` record at once.
 * @throws TradeboxError JOURNAL_BROKEN, and what opening the journal throws.
 */
export function openObserved(
  { journalDir, sandbox: { name: sandbox, id: sandboxId } }: Pick<Settings, 'journalDir' | 'sandbox'>,
  tally: Pick<Tally, 'observe' | 'taint' | 'continueAfter'>,
  clock: Clock,
  open: typeof openJournal,
): Journal {
  let lastAt: string | undefined;
  for (const record of readJournal(journalDir, { isExact: false })) {
    tally.observe(record);
    lastAt = record.at;
  }
  if (lastAt !== undefined) tally.continueAfter(lastAt);
  const journal = open(journalDir, { sandbox, sandboxId, clock });
  tally.observe(new RecordedNow({ type: 'journal.opened', sandbox, sandboxId }, clock));
  const record = (event: JournalEvent, write: Journal['append']): number => {
    const seq = write(event);
    tally.observe(new RecordedNow(event, clock));
    const { unrecorded } = tally.taint;
    if (unrecorded === undefined) return seq;
    return record({ type: 'taint', cause: 'boundary-probe', ...unrecorded }, append);
  };
  const append: Journal['append'] = (event) => journal.append(event);
  const note: Journal['note'] = (event) => journal.note(event);
  return {
    append: (event) => record(event, append),
    note: (event) => record(event, note),
    flush: () => journal.flush(),
    durable: (seq) => journal.durable(seq),
    head: () => journal.head(),
    close: () => journal.close(),
  };
}

/** Most records are no evidence: the time is looked at and written out when the fold asks for it. */
class RecordedNow implements FoldedRecord {
  readonly event: JournalEvent;
  readonly #clock: Clock;
  #atMs: number | undefined;

  constructor(event: JournalEvent, clock: Clock) {
    this.event = event;
    this.#clock = clock;
  }

  get atMs(): number {
    this.#atMs ??= this.#clock.nowMs();
    return this.#atMs;
  }

  get at(): string {
    return isoTime(this.atMs);
  }
}
