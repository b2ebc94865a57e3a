// One order request as the ledger remembers it, and what each event tells of it.
import type {
  AssessmentRecord,
  ExplanationRecord,
  IntentRecord,
  OrderEvent,
  OutcomeRecord,
  ReasonRecord,
} from '../audit/order-events.js';
import type { OrderState } from './lifecycle.js';

/** One order request: everything it asks for, and how far it got. */
export interface OrderEntry {
  readonly id: string;
  readonly request: string;
  readonly operation: string;
  readonly fingerprint: string;
  readonly likeness: string;
  readonly intents: readonly IntentRecord[];
  /** Worth when it was proposed. */
  readonly notional: string | undefined;
  /** Of `notional`; undefined: quote currency. */
  readonly currency: string | undefined;
  /** What the agent said of it. */
  readonly explanation: ExplanationRecord | undefined;
  /** What its client calls itself; of a held order. */
  readonly client: string | undefined;
  /** What was known of it when it began to wait for a human. */
  assessment: AssessmentRecord | undefined;
  /** Milliseconds since the epoch. */
  readonly proposedMs: number;
  state: OrderState;
  /** When the present state began. */
  changedMs: number;
  expiresMs: number | undefined;
  /** When bytes were let out; milliseconds since the epoch. */
  releasedMs: number | undefined;
  approvalsWanted: number;
  approvers: ReadonlySet<string>;
  /** Ids of the keys of those who signed. */
  signers: ReadonlySet<string>;
  reasons: readonly ReasonRecord[];
  digest: string | undefined;
  clientOrderIds: readonly string[];
  outcomes: readonly OutcomeRecord[];
  /** Why it was closed or is unknown, one sentence. */
  note: string;
}

/** By a rule, at once: a human's no comes to what was held. */
export function wasDenied({ state, approvalsWanted }: OrderEntry): boolean {
  return state === 'rejected' && approvalsWanted === 0;
}

const nobody: ReadonlySet<string> = new Set();

/** The order that a proposal begins. @throws Error for another event: the journal is not one that this program wrote. */
export function newEntry(event: OrderEvent, atMs: number): OrderEntry {
  if (event.type !== 'order.proposed') throw new Error('an order begins with its proposal');
  return {
    id: event.order,
    request: event.request,
    operation: event.operation,
    fingerprint: event.fingerprint,
    likeness: event.likeness ?? event.fingerprint,
    intents: event.intents,
    notional: event.notional,
    currency: event.currency,
    explanation: event.explanation,
    client: event.client,
    assessment: undefined,
    proposedMs: atMs,
    state: 'proposed',
    changedMs: atMs,
    expiresMs: undefined,
    releasedMs: undefined,
    approvalsWanted: 0,
    approvers: nobody,
    signers: nobody,
    reasons: [],
    digest: undefined,
    clientOrderIds: [],
    outcomes: [],
    note: '',
  };
}

/** Takes what an event tells of its order; the state is the ledger's. */
export function noteEvent(entry: OrderEntry, event: OrderEvent, atMs: number): void {
  switch (event.type) {
    case 'order.judged':
      entry.reasons = event.reasons;
      if (event.decision !== 'hold') return;
      entry.approvalsWanted = event.approvals;
      entry.assessment = event.assessment;
      entry.expiresMs = event.expiresMs;
      entry.approvers = nobody;
      entry.signers = nobody;
      return;
    case 'order.approved':
      entry.approvers = new Set([...entry.approvers, event.approver]);
      if (event.key !== undefined) entry.signers = new Set([...entry.signers, event.key]);
      return;
    case 'order.closed':
      entry.note = event.message;
      return;
    case 'order.releasing':
      entry.releasedMs = atMs;
      entry.digest = event.digest;
      entry.clientOrderIds = event.clientOrderIds;
      return;
    case 'order.answered':
      entry.outcomes = event.outcomes;
      entry.note = event.problem ?? '';
      return;
    case 'order.reconciled':
      entry.outcomes = event.outcomes;
      entry.note = '';
      return;
    default:
  }
}
