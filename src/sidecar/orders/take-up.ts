// What earlier sidecars left of an account: their journal is read, and what they did not live to see is taken up again.
import { foldJournal } from '../../audit/fold.js';
import { sidecarEnded } from '../../orders/breaker.js';
import { clockSlackMs } from '../../orders/clock-watch.js';
import type { OrderDesk } from '../../orders/desk.js';
import type { LastSeen } from '../../orders/last-seen.js';
import type { Ledger } from '../../orders/ledger.js';

/**
 * Folds the journal in the directory. Returns by how much, in milliseconds, a record lies before the one in front of it, unless a human
 * looked since: the clock was set meanwhile; 0 when none does. @throws TradeboxError JOURNAL_BROKEN
 */
export function readPast(dir: string, ledger: Ledger, lastSeen: LastSeen): number {
  let lastMs = 0;
  let backMs = 0;
  foldJournal(dir, (event, atMs) => {
    ledger.apply(event, atMs);
    lastSeen.apply(event, atMs, ledger);
    if (lastMs - atMs > clockSlackMs) backMs = lastMs - atMs;
    if (event.type === 'trading.state' && event.state === 'ACTIVE') backMs = 0;
    lastMs = atMs;
  });
  return backMs;
}

/** D12: what was released and never answered may have been sent; it is unknown until the venue tells. */
export function takeUpAgain(desk: Pick<OrderDesk, 'ledger' | 'progress' | 'interrupted'>): void {
  for (const { id } of desk.ledger.openIn('releasing', 'sent')) {
    desk.progress({
      type: 'order.answered',
      order: id,
      outcome: 'unknown',
      status: 0,
      problem: sidecarEnded,
      outcomes: [],
    });
  }
  for (const { id } of desk.ledger.openIn('proposed')) {
    desk.interrupted(id);
  }
}
