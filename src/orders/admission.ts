// What the order desk answers a request with, and the words for it. Pure values.
import type { OrderEvent, ReasonRecord } from '../audit/order-events.js';
import { TradeboxError } from '../core/errors.js';
import { isHeldToReduce, type OrderIntent } from '../core/order.js';
import type { SignedApproval } from './approval-signature.js';
import type { DeskLimits } from './desk-parts.js';
import { isFingerprintOf } from './fingerprint.js';
import { intentOf } from './intent-record.js';
import type { Judgement, Latch } from './judge.js';
import type { Ledger, OrderEntry } from './ledger.js';

/** An order request as the pipeline understood it. */
export interface Proposal {
  /** Id of the request. */
  request: string;
  operation: string;
  intents: readonly OrderIntent[];
  /** What its client calls itself. */
  client?: string | undefined;
  /** Why it cannot pass whatever is decided on it: it is judged and recorded, and denied for this first of all. */
  refusal?: ReasonRecord | undefined;
}

/** Who waits for a decision on a socket. */
export interface Waiter {
  /** True once its client is gone: nothing is sent for it any more. */
  isGone(): boolean;
}

export type Admission =
  /** This request, and no other, may be sent now. */
  | { kind: 'release'; order: string }
  | { kind: 'pending'; order: string; code: string; message: string }
  | { kind: 'deny'; order: string | undefined; code: string; message: string; rule: string };

export type ClosingCause = Extract<OrderEvent, { type: 'order.closed' }>['cause'];

/** What a client is told when its order is closed. */
export const closingCodes: Readonly<Record<ClosingCause, string>> = {
  human: 'REJECTED',
  timeout: 'APPROVAL_TIMEOUT',
  changed: 'ORDER_CHANGED',
  halted: 'TRADING_HALTED',
  failed: 'ORDER_FAILED',
};

export const deskRule = 'built-in: order desk';

export function denied(order: string | undefined, code: string, message: string): Admission {
  return { kind: 'deny', order, code, message, rule: deskRule };
}

export function pending(entry: OrderEntry): Admission {
  const message = `pending approval ${entry.id}; once it is approved, the identical request passes`;
  return { kind: 'pending', order: entry.id, code: 'PENDING_APPROVAL', message };
}

export function deniedBy(order: string | undefined, reasons: readonly ReasonRecord[]): Admission {
  const [first] = reasons;
  return {
    kind: 'deny',
    order,
    code: first?.code ?? 'DENIED',
    message: reasons.map(({ message }) => message).join('; '),
    rule: first?.rule ?? deskRule,
  };
}

/** Whether nobody decided on what is held, or claimed what is approved, in time. */
export function isLate(
  { state, expiresMs = 0, changedMs }: OrderEntry,
  nowMs: number,
  { claimMs }: Pick<DeskLimits, 'claimMs'>,
): boolean {
  return state === 'held' ? nowMs >= expiresMs : nowMs - changedMs >= claimMs;
}

export function lateText({ state }: OrderEntry): string {
  return state === 'held'
    ? 'nobody decided in time'
    : 'the approval was not claimed by an identical request in time';
}

/** What still leaves an account: cancels at any time; where its positions are in doubt, exits that the venue itself holds to reducing. */
export type Passing = 'orders' | 'exits' | 'exits that the venue holds to reducing' | 'cancels';

/** A human's halt is a decision. What the sidecar finds locks nobody into a position. */
export function passingIn({
  tradingState,
  isHaltedByHuman,
}: Pick<Ledger, 'tradingState' | 'isHaltedByHuman'>): Passing {
  if (tradingState === 'ACTIVE') return 'orders';
  if (tradingState === 'REDUCE_ONLY') return 'exits';
  return isHaltedByHuman ? 'cancels' : 'exits that the venue holds to reducing';
}

/** What a halted account makes of these orders; undefined when they pass. */
export function haltProblem(
  ledger: Pick<Ledger, 'tradingState' | 'stateCause' | 'isHaltedByHuman'>,
  intents: readonly OrderIntent[],
  isExit: () => boolean,
): Admission | undefined {
  const passing = passingIn(ledger);
  if (passing === 'orders') return undefined;
  if (passing !== 'cancels' && intents.every(canOnlyReduce)) return undefined;
  if (passing === 'exits' && isExit()) return undefined;
  const { tradingState, stateCause } = ledger;
  return denied(undefined, `TRADING_${tradingState}`, `trading is ${tradingState}: ${stateCause}`);
}

/** Whether it cancels, or the venue itself holds it and all that is attached to it to reducing. */
export function canOnlyReduce(intent: OrderIntent): boolean {
  const { action, legs = [] } = intent;
  return action === 'cancel' || (action === 'place' && isHeldToReduce(intent) && legs.every(canOnlyReduce));
}

/** What does not outlive the state: all that is held or approved, but what the venue holds to reducing where exits pass. */
export function endedBy(
  state: Ledger['tradingState'],
  ledger: Pick<Ledger, 'openIn'>,
): readonly OrderEntry[] {
  const isOver = ({ intents }: OrderEntry) =>
    state === 'HALTED' || !intents.map(intentOf).every(canOnlyReduce);
  return ledger.openIn('held', 'approved').filter(isOver);
}

/** Characters of the causes of one halt that are kept. */
const maxCauses = 1_000;

/** What is to be recorded as the cause of a state: a new one stands before the others, for who resumes; undefined when nothing is new. */
export function causesOf(
  { tradingState, stateCause }: Pick<Ledger, 'tradingState' | 'stateCause'>,
  state: Ledger['tradingState'],
  cause: string,
): string | undefined {
  const isNew = tradingState !== state;
  if (state === 'ACTIVE' || tradingState === 'ACTIVE') return isNew ? cause : undefined;
  if (!stateCause.includes(cause)) return `${cause}; ${stateCause}`.slice(0, maxCauses);
  return isNew ? stateCause : undefined;
}

/** Whether a latch changes anything: it never loosens a halt. */
export function isNewLatch(
  ledger: Pick<Ledger, 'tradingState' | 'stateCause'>,
  { cause }: Pick<Latch, 'cause'>,
): boolean {
  return ledger.tradingState !== 'HALTED' && causesOf(ledger, 'REDUCE_ONLY', cause) !== undefined;
}

/** What was judged of an order that cannot pass in any case: every reason is kept. */
export function refusedFor(reason: ReasonRecord, judged: Judgement): Judgement {
  return { ...judged, decision: 'deny', approvals: 0, reasons: [reason, ...judged.reasons] };
}

/** What a proposal's record keeps of what was known when it was judged. */
export function knownOf({
  notional,
  currency,
  told,
}: Judgement): Pick<OrderEvent & { type: 'order.proposed' }, 'notional' | 'currency' | 'told'> {
  return {
    ...(notional === undefined ? {} : { notional }),
    ...(currency === undefined ? {} : { currency }),
    ...(told === undefined ? {} : { told: told() }),
  };
}

export function flooded(maxHeld: number): Judgement {
  const message = `${maxHeld} orders wait for a human already`;
  return { decision: 'deny', approvals: 0, reasons: [{ code: 'APPROVAL_FLOOD', message, rule: deskRule }] };
}

/** Why a human's yes does not count; undefined when it does. A signature was checked before. */
export function approvalProblem(
  { id, state, fingerprint, approvalsWanted, approvers, signers }: OrderEntry,
  typed: string,
  approver: string,
  signed: SignedApproval | undefined,
): TradeboxError | undefined {
  if (!isFingerprintOf(typed, fingerprint)) {
    return refusal(
      `the order ${id} has another fingerprint`,
      'Look at it again with `tradebox orders show`.',
    );
  }
  if (state !== 'held') {
    return refusal(
      `the order ${id} is ${state}: it waits for no decision`,
      'List what waits with `tradebox orders`.',
    );
  }
  if (approvalsWanted > 1 && signed === undefined) {
    return refusal(
      `the order ${id} takes two people, each with an approver key of their own`,
      `Sign it with \`tradebox orders approve ${id} ${fingerprint.slice(0, 8)} --as <name>\`.`,
    );
  }
  if (approvers.has(approver) || (signed !== undefined && signers.has(signed.key))) {
    return refusal(
      `${approver} has approved the order ${id} already`,
      'Another person must approve it, too.',
    );
  }
  return undefined;
}

export function refusal(message: string, remedy: string): TradeboxError {
  return new TradeboxError('USAGE', message, { remedy });
}
