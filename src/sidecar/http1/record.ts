// What the journal says of a request: its decision, before anything happens, and how it ended. Holds no secret (S2).
import type { JournalEvent } from '../../audit/events.js';
import type { Journal } from '../../audit/journal.js';
import type { Denial, Exchange } from '../stage.js';
import type { FlightResult } from './flight-result.js';

const maxTargetLength = 2048;

/** The decision on an exchange; a permission when `denied` is undefined. */
export function decidedEvent(exchange: Exchange, denied: Denial | undefined): JournalEvent {
  const { id, ingress, host, port, head, rule, venue, classification } = exchange;
  const venueRule = classification === undefined ? undefined : `${venue?.id}: ${classification.operation}`;
  const order = denied?.order ?? exchange.release?.order;
  return {
    type: 'request.decided',
    request: id,
    ingress,
    host,
    port,
    method: head.method,
    target: head.target.slice(0, maxTargetLength),
    verdict: denied === undefined ? 'allow' : (denied.verdict ?? 'deny'),
    code: denied?.code ?? 'PERMITTED',
    rule: denied?.rule ?? venueRule ?? rule?.origin ?? '',
    message: denied?.message ?? rule?.reason ?? '',
    venue: venue?.id,
    class: classification?.class,
    operation: classification?.operation,
    order,
  };
}

/** Brings a refusal into the journal, and what it is evidence of; the place of its last line. @throws TradeboxError as `append` */
export function recordRefusal(journal: Pick<Journal, 'append'>, exchange: Exchange, denied: Denial): number {
  const seq = journal.append(decidedEvent(exchange, denied));
  const { taint: cause, taintSeverity: severity, message } = denied;
  if (cause === undefined) return seq;
  return journal.append({ type: 'taint', cause, message, request: exchange.id, severity });
}

/** Writes what allows nothing. A journal that fails refuses everything from then on, and with it every further request (S11). */
export function quietly(write: () => unknown): void {
  try {
    write();
  } catch {
    // Told by the refusals that follow.
  }
}

/** How a request ended; `startMs` is on the monotonic clock. */
export function completedEvent(
  { exchange, startMs }: { exchange: Exchange; startMs: number },
  result: FlightResult,
): JournalEvent {
  const durationMs = Math.round((performance.now() - startMs) * 1000) / 1000;
  const { status, bytesUp, bytesDown, scrubbed, contentSha256, error } = result;
  return {
    type: 'request.completed',
    request: exchange.id,
    status,
    bytesUp,
    bytesDown,
    durationMs,
    scrubbed,
    contentSha256,
    error,
  };
}
