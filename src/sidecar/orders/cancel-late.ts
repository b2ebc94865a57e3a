// Cancels what came to rest after a kill had looked: orders that were on their way for longer than anybody waits.
import type { Journal } from '../../audit/journal.js';
import type { OrderDesk } from '../../orders/desk.js';
import type { OrderEntry } from '../../orders/ledger.js';
import type { RestingOrder, VenueAdmin } from '../../venues/admin.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';

/** Cancels orders of an account, as many at a time as its venue takes; what came of each batch. */
export async function* cancelSome(
  orders: readonly RestingOrder[],
  { trading, admin, ask }: { trading: { account: CallAccount }; admin: VenueAdmin; ask: AskVenue },
): AsyncGenerator<{ canceled: number; failed: number }, void, void> {
  const at = { environment: trading.account.environment };
  for (let from = 0; from < orders.length; from += admin.cancelBatchSize) {
    const batch = orders.slice(from, from + admin.cancelBatchSize);
    const answer = await ask(trading.account, admin.cancelOrders(at, batch));
    yield answer.isUnderstood ? answer.value : { canceled: 0, failed: batch.length };
  }
}

/**
 * Of what a look at an account that was killed found resting, cancels the orders that were sent from here: they arrived after the kill had
 * looked. What a human placed at the venue meanwhile stays. Rejects when the journal fails.
 */
export async function cancelLate(
  trading: { account: CallAccount; desk: OrderDesk; journal: Pick<Journal, 'append'> },
  resting: readonly RestingOrder[],
  { ask, nowMs }: { ask: AskVenue; nowMs(): number },
): Promise<void> {
  const { account, desk, journal } = trading;
  const { admin } = account.venue;
  if (admin === undefined) return;
  const ids = new Set(desk.ledger.openIn('unknown', 'acknowledged').flatMap(idsOf));
  const late = resting.filter(
    ({ venueOrderId, clientOrderId }) => ids.has(venueOrderId) || ids.has(clientOrderId ?? venueOrderId),
  );
  if (late.length === 0) return;
  const startMs = nowMs();
  const counts = { canceled: 0, failed: 0, firstCancelMs: 0 };
  for await (const { canceled, failed } of cancelSome(late, { trading, admin, ask })) {
    if (counts.firstCancelMs === 0) counts.firstCancelMs = Math.max(1, nowMs() - startMs);
    counts.canceled += canceled;
    counts.failed += failed;
  }
  const killed = {
    type: 'trading.killed',
    account: account.id,
    ...counts,
    left: late.length - counts.canceled,
    closedPositions: 0,
    durationMs: nowMs() - startMs,
  } as const;
  journal.append(killed);
  desk.ledger.apply(killed, nowMs());
}

function idsOf({ clientOrderIds, outcomes }: OrderEntry): string[] {
  return [
    ...clientOrderIds,
    ...outcomes.flatMap(({ venueOrderId, clientOrderId }) =>
      [venueOrderId, clientOrderId].filter((id) => id !== undefined),
    ),
  ];
}
