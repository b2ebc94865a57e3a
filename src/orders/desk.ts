// The order desk of one trading account: proposals come in, rules and humans decide, and each decision lets exactly one request
// out (S8). No sockets: who asks waits on a promise, and what is released is sent by somebody else.
import type { OrderEvent } from '../audit/order-events.js';
import {
  type Admission,
  approvalProblem,
  type ClosingCause,
  causesOf,
  closingCodes,
  denied,
  deniedBy,
  endedBy,
  flooded,
  haltProblem,
  isLate,
  isNewLatch,
  knownOf,
  lateText,
  type Proposal,
  pending,
  refusal,
  refusedFor,
  type Waiter,
} from './admission.js';
import type { SignedApproval } from './approval-signature.js';
import { assessedBy, isExitBy, judgedBy } from './ask-judge.js';
import { ClockWatch, clockText } from './clock-watch.js';
import type { DeskParts } from './desk-parts.js';
import { type Identity, identityOf } from './fingerprint.js';
import { Floods } from './floods.js';
import { clientOrderIdsOf, intentOf, recordOf } from './intent-record.js';
import type { Judgement } from './judge.js';
import type { Ledger, OrderEntry } from './ledger.js';
import { committedStates } from './lifecycle.js';
import { OrderRecorder } from './order-recorder.js';
import { WaitingRoom } from './waiting-room.js';

export class OrderDesk {
  readonly #parts: DeskParts;
  readonly #room: WaitingRoom;
  /** Approved orders that a request is about to release. */
  readonly #claimed = new Set<string>();
  readonly #watch: ClockWatch;
  readonly #log: OrderRecorder;
  readonly #floods = new Floods();

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#watch = new ClockWatch(parts.clock);
    this.#log = new OrderRecorder(parts);
    this.#room = new WaitingRoom(parts.limits.holdMs);
  }

  get account(): string {
    return this.#parts.account;
  }

  get ledger(): Ledger {
    return this.#parts.ledger;
  }

  /**
   * Decides on a request; resolves when it is decided, or when its client has waited long enough. Rejects only when the
   * journal does (S11).
   */
  async admit(proposal: Proposal, waiter: Waiter): Promise<Admission> {
    const { judge, ledger } = this.#parts;
    const isCancel = proposal.intents.every(({ action }) => action === 'cancel');
    if (!isCancel) await judge.prepare(proposal.intents);
    if (waiter.isGone()) return denied(undefined, 'CLIENT_GONE', 'the client went away before the decision');
    // From here to the journal nothing is awaited: two requests never see the same counters (D15).
    this.sweep();
    const identity = identityOf(proposal.operation, proposal.intents);
    const same = isCancel ? undefined : ledger.waiting(identity, this.#claimed);
    const earlier = isCancel
      ? undefined
      : (this.#haltProblem(proposal, same) ?? this.#earlier(proposal, identity));
    if (earlier !== undefined && 'kind' in earlier) return earlier;
    const isRefused = proposal.refusal !== undefined;
    if (earlier?.state === 'approved' && !isRefused) return this.#claim(earlier, proposal);
    if (earlier !== undefined && !isRefused)
      return this.#room.wait(earlier.id, proposal, waiter, pending(earlier));
    return this.#propose(proposal, identity, isCancel, waiter);
  }

  /** Learns anew what the rules will ask of the outside, for an order that is about to be approved. */
  async refresh(id: string): Promise<void> {
    const { judge, ledger } = this.#parts;
    const entry = ledger.order(id);
    if (entry?.state === 'held') await judge.prepare(entry.intents.map(intentOf));
  }

  /**
   * A human's yes, bound to the fingerprint. The request that waits is released; without one the approval waits to be claimed.
   * What takes two people takes two signatures, `signed`, of different keys; the caller has checked each.
   * @throws TradeboxError USAGE when there is no such order, it waits for no decision, the fingerprint is another's, or a signature is missing.
   */
  approve(id: string, fingerprint: string, approver: string, signed?: SignedApproval): OrderEntry {
    this.sweep();
    const entry = this.#decidable(id);
    const problem = approvalProblem(entry, fingerprint, approver, signed);
    if (problem !== undefined) throw problem;
    const { fingerprint: own } = entry;
    this.#log.record({ type: 'order.approved', order: id, fingerprint: own, approver, ...signed });
    if (this.#stateOf(entry) === 'approved') this.#releaseWaiting(entry);
    return entry;
  }

  /** A human's no. @throws TradeboxError USAGE as approve. */
  reject(id: string, by: string, message: string): OrderEntry {
    this.sweep();
    const entry = this.#decidable(id);
    if (entry.state !== 'held' && entry.state !== 'approved') {
      throw refusal(
        `the order ${id} is ${entry.state}: it cannot be rejected`,
        'List what waits with `tradebox orders`.',
      );
    }
    this.#close(entry, 'human', by, message);
    return entry;
  }

  /** Changes what may trade. Held and approved orders do not survive a halt, nor, where it `endsWaiting`, what may open anything. */
  setState(state: Ledger['tradingState'], cause: string, by: string, endsWaiting = state === 'HALTED') {
    const { account, ledger } = this.#parts;
    const causes = causesOf(ledger, state, cause);
    if (causes !== undefined) this.#log.record({ type: 'trading.state', account, state, cause: causes, by });
    for (const entry of endsWaiting ? endedBy(state, ledger) : [])
      this.#close(entry, 'halted', by, 'trading was halted');
  }

  /** Ends what nobody decided or claimed in time. */
  sweep(): void {
    const { ledger, clock, limits } = this.#parts;
    const setByMs = this.#watch.setBy();
    if (setByMs !== undefined) this.distrustClock(setByMs);
    const nowMs = clock.nowMs();
    for (const entry of ledger.openIn('held', 'approved')) {
      if (!this.#claimed.has(entry.id) && isLate(entry, nowMs, limits))
        this.#close(entry, 'timeout', 'clock', lateText(entry));
    }
  }

  /** The clock was set by so much: nothing that was timed by it waits on, and a human looks before anything new is risked. */
  distrustClock(setByMs: number): void {
    const { ledger } = this.#parts;
    const cause = clockText(setByMs);
    for (const entry of ledger.openIn('held', 'approved'))
      if (!this.#claimed.has(entry.id)) this.#close(entry, 'timeout', 'clock', cause);
    if (ledger.tradingState === 'ACTIVE')
      this.setState('REDUCE_ONLY', `${cause}: limits over time cannot be trusted`, 'sidecar');
  }

  /** The journal's record that bytes are about to leave: it consumes the approval. Returns its place. */
  releasing(order: string, request: string, digest: string, clientOrderIds: readonly string[]): number {
    this.#claimed.delete(order);
    // Nothing leaves before `durable` of its place, which writes it with all that was noted before.
    return this.#log.note({ type: 'order.releasing', order, request, digest, clientOrderIds });
  }

  /** The request that was to be released went away: what a human approved waits for an identical one, the rest ends. */
  abandon(order: string, message: string): void {
    this.#claimed.delete(order);
    const entry = this.#parts.ledger.order(order);
    if (entry?.state !== 'approved' || entry.approvalsWanted > 0) return;
    this.#log.record({ type: 'order.closed', order, cause: 'failed', by: 'sidecar', message });
  }

  /** A proposal on which an earlier sidecar did not live to decide. */
  interrupted(order: string): void {
    const message = 'the sidecar ended before the order was judged';
    this.#log.record({ type: 'order.closed', order, cause: 'failed', by: 'sidecar', message });
  }

  durable(seq: number): Promise<void> {
    return this.#parts.journal.durable(seq);
  }

  /** Records how an order that was released went on. @throws what the journal throws. */
  progress(event: Extract<OrderEvent, { type: 'order.sent' | 'order.answered' | 'order.reconciled' }>): void {
    // An order that was released is taken as sent until an outcome is told.
    if (event.type === 'order.sent') this.#log.note(event);
    else this.#log.record(event);
  }

  #propose(
    proposal: Proposal,
    identity: Identity,
    isCancel: boolean,
    waiter: Waiter,
  ): Admission | Promise<Admission> {
    const { ledger, limits, clock, onHeld, newOrderId } = this.#parts;
    const { request, operation, intents, refusal: refused } = proposal;
    const explanation = isCancel ? undefined : this.#parts.explain?.(intents);
    const { likeness } = identity;
    const leaving = this.#claimed;
    const question = { operation, intents, likeness, stage: 'proposal', explanation, leaving } as const;
    const judged: Judgement = isCancel
      ? { decision: 'allow', approvals: 0, reasons: [] }
      : judgedBy(this.#parts.judge, question);
    const judgement = refused === undefined ? judged : refusedFor(refused, judged);
    const isHeld = judgement.decision === 'hold';
    const nowMs = clock.nowMs();
    const isFlood =
      isHeld &&
      ledger.openIn('held').length + this.#floods.replacedWithin(nowMs, limits.decideMs) >= limits.maxHeld;
    const { decision, approvals, reasons } = isFlood ? flooded(limits.maxHeld) : judgement;
    const isDenied = decision === 'deny';
    const { latch } = judgement;
    // What the account is in already is a denial like any other.
    const isLatching = latch !== undefined && isNewLatch(ledger, latch);
    const repeated =
      isDenied && !isLatching ? this.#floods.repeated(identity.fingerprint, reasons, nowMs) : undefined;
    if (repeated !== undefined) return deniedBy(repeated.order, reasons);
    const seen = isHeld && !isFlood ? assessedBy(this.#parts.judge, question) : {};
    const client = isHeld ? proposal.client : undefined;
    const order = newOrderId();
    // Written with what was decided on it; of an order that is let out, with its release.
    this.#log.note({
      type: 'order.proposed',
      order,
      request,
      operation,
      ...identity,
      intents: intents.map(recordOf),
      ...knownOf(judgement),
      ...(explanation === undefined ? {} : { explanation }),
      ...(client === undefined ? {} : { client }),
    });
    const unrecorded = isDenied ? this.#floods.recorded(identity.fingerprint, { order, reasons, nowMs }) : 0;
    this.#log[decision === 'allow' ? 'note' : 'record']({
      type: 'order.judged',
      order,
      stage: 'proposal',
      decision,
      approvals,
      reasons,
      ...(decision === 'hold' ? { expiresMs: nowMs + limits.decideMs, ...seen } : {}),
      ...(unrecorded === 0 ? {} : { unrecorded }),
    });
    if (isLatching) this.setState('REDUCE_ONLY', latch.cause, 'sidecar', latch.endsWaiting);
    const entry = this.#decidable(order);
    if (decision === 'allow') return this.#release(order);
    if (isDenied) return deniedBy(order, reasons);
    onHeld?.(entry);
    return this.#room.wait(order, proposal, waiter, pending(entry));
  }

  /** An earlier request that this one is the same as, or that stands in its way. */
  #earlier({ intents }: Proposal, identity: Identity): OrderEntry | Admission | undefined {
    const { ledger, clock } = this.#parts;
    for (const id of clientOrderIdsOf(intents.map(recordOf))) {
      const same = ledger.byClientOrderId(id);
      if (same === undefined || same.fingerprint === identity.fingerprint) continue;
      // D11: the body changed under the same name; what was approved is void.
      if (same.state === 'held' || same.state === 'approved') {
        this.#close(same, 'changed', 'agent', 'another order came under the same client order id');
        this.#floods.replaced(clock.nowMs());
      }
    }
    const lost = ledger.openIn('unknown').find(({ likeness }) => likeness === identity.likeness);
    if (lost !== undefined) {
      return denied(lost.id, 'OUTCOME_UNKNOWN', `the outcome of the same order ${lost.id} is not known yet`);
    }
    for (const id of clientOrderIdsOf(intents.map(recordOf))) {
      const same = ledger.byClientOrderId(id);
      if (same === undefined || same.state === 'rejected-by-venue') continue;
      if (committedStates.has(same.state) || this.#claimed.has(same.id)) {
        const message = `an order with this client order id was sent already, or is about to be: ${same.id}`;
        return denied(same.id, 'CLIENT_ID_USED', message);
      }
    }
    return ledger.waiting(identity, this.#claimed);
  }

  /** S8: an approval lets one request out, after the rules were asked again. */
  #claim(entry: OrderEntry, proposal: Proposal): Admission {
    const { isTainted, limits, clock } = this.#parts;
    // Trading may have been restricted while the request waited.
    const halted = this.#haltProblem(proposal, entry);
    if (halted !== undefined) return halted;
    if (isTainted()) {
      this.#close(entry, 'halted', 'sidecar', 'the box is tainted');
      return denied(entry.id, 'BOX_TAINTED', 'a tainted box sends no orders until it is reset');
    }
    const { operation, intents } = proposal;
    const question = { operation, intents, likeness: entry.likeness, stage: 'release', entry } as const;
    const judgement = judgedBy(this.#parts.judge, question);
    const { decision, approvals, reasons } = judgement;
    this.#log.record({
      type: 'order.judged',
      order: entry.id,
      stage: 'release',
      decision,
      approvals,
      reasons,
      ...(decision === 'hold'
        ? { expiresMs: clock.nowMs() + limits.decideMs, ...assessedBy(this.#parts.judge, question) }
        : {}),
    });
    if (decision === 'allow') return this.#release(entry.id);
    return decision === 'deny' ? deniedBy(entry.id, reasons) : pending(entry);
  }

  #release(order: string): Admission {
    this.#claimed.add(order);
    return { kind: 'release', order };
  }

  /** Of all that wait for the order, the first whose client is still there gets the release. */
  #releaseWaiting(entry: OrderEntry): void {
    let isTaken = false;
    for (const { proposal, waiter, resolve } of this.#room.take(entry.id)) {
      if (isTaken) {
        const message = `the same order was sent for another request: ${entry.id}`;
        resolve(denied(entry.id, 'ALREADY_RELEASED', message));
      } else if (waiter.isGone() || this.#stateOf(entry) !== 'approved') {
        resolve(pending(entry));
      } else {
        const admission = this.#claim(entry, proposal);
        isTaken = admission.kind === 'release';
        resolve(admission);
      }
    }
  }

  #haltProblem({ operation, intents }: Proposal, waiting: OrderEntry | undefined): Admission | undefined {
    const { ledger, judge } = this.#parts;
    return haltProblem(ledger, intents, () => isExitBy(judge, { operation, intents, entry: waiting }));
  }

  #close(entry: OrderEntry, cause: ClosingCause, by: string, message: string): void {
    this.#log.record({ type: 'order.closed', order: entry.id, cause, by, message });
    const answer = denied(entry.id, closingCodes[cause], message);
    for (const { resolve } of this.#room.take(entry.id)) resolve(answer);
  }

  #decidable(id: string): OrderEntry {
    const entry = this.#parts.ledger.order(id);
    if (entry === undefined) {
      throw refusal(`there is no order ${id.slice(0, 40)}`, 'List them with `tradebox orders list`.');
    }
    return entry;
  }

  /** Read anew: recording an event changes it. */
  #stateOf(entry: OrderEntry): OrderEntry['state'] {
    return entry.state;
  }
}
