// The states of an order request and the only ways between them. Pure: what an event may do here is all that can happen.
import { finalOutcomes, type OrderEvent } from '../audit/order-events.js';

export const orderStates = [
  'proposed',
  /** Waits for a human. */
  'held',
  /** May be released once, by the request that claims it. */
  'approved',
  /** Denied by a rule, a human, a halt, or because its body changed. */
  'rejected',
  'expired',
  /** The approval is consumed; bytes may leave from now on. */
  'releasing',
  'sent',
  /** The release ended before a byte left. */
  'unsent',
  'acknowledged',
  'rejected-by-venue',
  /** Bytes left and the outcome is not known: the venue is asked, nothing is sent again. */
  'unknown',
  'reconciled',
] as const;
export type OrderState = (typeof orderStates)[number];

/** States in which nothing more will happen. */
export const finalStates: ReadonlySet<OrderState> = new Set([
  'rejected',
  'expired',
  'unsent',
  'rejected-by-venue',
  'reconciled',
]);

/** States from which bytes may have reached the venue: the order is never sent again from here (S8). */
export const committedStates: ReadonlySet<OrderState> = new Set([
  'releasing',
  'sent',
  'acknowledged',
  'rejected-by-venue',
  'unknown',
  'reconciled',
]);

/** States in which bytes may have reached the venue, and not all that it did with them is known. */
export const outStates: ReadonlySet<OrderState> = new Set(['releasing', 'sent', 'acknowledged', 'unknown']);

/** These, and what is about to leave: something may be filled yet. */
export const fillableStates: ReadonlySet<OrderState> = new Set(['approved', ...outStates]);

/** What an event knows of the order beyond itself. */
export interface StateContext {
  /** Approvals by different people that the order would have with this event. */
  approvals: number;
  approvalsWanted: number;
}

/**
 * The state after the event; undefined when the event cannot happen in this state. A first event has no state before it.
 */
export function nextState(
  state: OrderState | undefined,
  event: OrderEvent,
  { approvals, approvalsWanted }: StateContext,
): OrderState | undefined {
  switch (event.type) {
    case 'order.proposed':
      return state === undefined ? 'proposed' : undefined;
    case 'order.judged':
      return judged(state, event.decision);
    case 'order.approved':
      if (state !== 'held') return undefined;
      return approvals >= approvalsWanted ? 'approved' : 'held';
    case 'order.closed':
      if (state !== 'proposed' && state !== 'held' && state !== 'approved') return undefined;
      return event.cause === 'timeout' ? 'expired' : 'rejected';
    case 'order.releasing':
      return state === 'approved' ? 'releasing' : undefined;
    case 'order.sent':
      return state === 'releasing' ? 'sent' : undefined;
    case 'order.answered':
      return answered(state, event.outcome);
    case 'order.reconciled': {
      if (state !== 'unknown' && state !== 'acknowledged') return undefined;
      const isOpen = event.outcomes.some((one) => !finalOutcomes.has(one.state));
      return isOpen ? 'acknowledged' : 'reconciled';
    }
    default:
      return undefined;
  }
}

function judged(state: OrderState | undefined, decision: 'allow' | 'hold' | 'deny'): OrderState | undefined {
  // An approved order is judged again when it is released; there it can only stay or lose its approval.
  if (state !== 'proposed' && state !== 'approved') return undefined;
  if (decision === 'deny') return 'rejected';
  return decision === 'hold' ? 'held' : 'approved';
}

function answered(
  state: OrderState | undefined,
  outcome: Extract<OrderEvent, { type: 'order.answered' }>['outcome'],
): OrderState | undefined {
  if (state !== 'releasing' && state !== 'sent') return undefined;
  switch (outcome) {
    case 'acknowledged':
      return state === 'sent' ? 'acknowledged' : undefined;
    case 'refused':
      return state === 'sent' ? 'rejected-by-venue' : undefined;
    case 'unknown':
      return 'unknown';
    case 'unsent':
      // What was handed to a socket may have arrived.
      return state === 'releasing' ? 'unsent' : undefined;
  }
}
