// The operator's side of the order boundary: what the control channel can ask of the accounts (S9: the agent has no way to it).
import type { OutcomeRecord } from '../../audit/order-events.js';
import { decimal, parseDecimal } from '../../core/decimal.js';
import { TradeboxError } from '../../core/errors.js';
import {
  type ApprovalSignature,
  type ApproverPin,
  explainSignature,
  keyIdOf,
  type SignedApproval,
} from '../../orders/approval-signature.js';
import type { OrderDesk } from '../../orders/desk.js';
import type { Ledger, OrderEntry } from '../../orders/ledger.js';
import { wasDenied } from '../../orders/order-entry.js';
import type { AlertNote } from '../alerts/triggers.js';
import type { KeyReport, SeenHalt } from '../control.js';
import type { AskVenue } from '../venue-calls.js';
import type { LastLook, TradingAccounts } from './accounts.js';
import type { GuardrailsControl } from './guardrails-reload.js';
import { type KeyHolder, reportKeys } from './key-check.js';
import { type KillOrder, type KillReport, killAccount } from './kill.js';
import { restingIntents } from './order-facts.js';
import { type OrdersReply, type OrderView, orderView } from './order-view.js';

export interface OrderControl extends Omit<GuardrailsControl, 'problem'> {
  /** What waits for a human, what is not known, then the others, newest first. */
  list(limit: number): OrdersReply;
  /** @throws TradeboxError USAGE as OrderDesk.approve. */
  approve(
    order: string,
    fingerprint: string,
    approver: string,
    signed?: ApprovalSignature,
  ): Promise<OrderView>;
  /** @throws TradeboxError USAGE as OrderDesk.reject. */
  reject(order: string, by: string, message: string): OrderView;
  /** Stops every account at once. */
  kill(order: KillOrder): Promise<readonly KillReport[]>;
  /**
   * Lets every account trade again, or none. `seen`: what the human was shown of them.
   * @throws TradeboxError USAGE when one is halted for what was not shown.
   */
  resume(by: string, seen: readonly SeenHalt[]): OrdersReply;
  /** What the venues say of the keys now. */
  keys(): Promise<readonly KeyReport[]>;
}

interface ControlParts {
  ask: AskVenue;
  nowMs(): number;
  /** What alerts told of last. */
  notes(): readonly Pick<AlertNote, 'trigger' | 'message' | 'atMs'>[];
  guardrails: GuardrailsControl;
  /** Id of the box. */
  box: string;
  approvers: readonly ApproverPin[];
  /** Whose keys the venues can be asked about. */
  keyHolders(): readonly KeyHolder[];
}

export function createOrderControl(
  accounts: TradingAccounts,
  { ask, nowMs, notes, guardrails, box, approvers, keyHolders }: ControlParts,
): OrderControl {
  const list = (limit: number): OrdersReply => {
    const all = accounts.all().flatMap(({ account, desk }) => {
      desk.sweep();
      return desk.ledger.orders().map((entry) => ({ account: account.id, entry }));
    });
    all.sort((a, b) => rank(b.entry) - rank(a.entry) || b.entry.proposedMs - a.entry.proposedMs);
    const problem = guardrails.problem();
    return {
      ...(problem === undefined ? {} : { guardrailsProblem: problem }),
      notes: notes().map(({ trigger, message, atMs }) => ({ trigger, message, atMs })),
      accounts: accounts.all().map(({ account, desk: { ledger }, lastLook }) => ({
        account: account.id,
        venue: account.venue.id,
        environment: account.environment,
        tradingState: ledger.tradingState,
        cause: ledger.stateCause,
        by: ledger.stateBy,
        resting: countResting(ledger, lastLook),
      })),
      orders: thinned(all, limit).map(({ account, entry }) => orderView(account, entry, nowMs())),
    };
  };
  const holding = (order: string) => {
    const found = accounts.holding(order);
    if (found !== undefined) return found;
    throw new TradeboxError('USAGE', `there is no order ${JSON.stringify(order.slice(0, 40))}`, {
      remedy: 'List them with `tradebox orders list`.',
    });
  };
  /** @throws TradeboxError USAGE for a signature that does not count: it is not taken for an unsigned approval either. */
  const prove = (
    desk: OrderDesk,
    { order, approver, signed }: { order: string; approver: string; signed: ApprovalSignature },
  ): SignedApproval => {
    const fingerprint = desk.ledger.order(order)?.fingerprint ?? '';
    const problem = explainSignature({ box, order, fingerprint, approver }, signed, approvers, nowMs());
    const pin = approvers.find(({ name }) => name === approver);
    if (problem === undefined && pin !== undefined) return { ...signed, key: keyIdOf(pin) };
    throw new TradeboxError('USAGE', problem ?? 'the signature does not count', {
      remedy: 'Look at `tradebox approvers list`; a box learns of new approvers with `tradebox restart`.',
    });
  };
  return {
    loadGuardrails: (given) => guardrails.loadGuardrails(given),
    rejectGuardrails: (message) => guardrails.rejectGuardrails(message),
    list,
    async approve(order, fingerprint, approver, signed) {
      const { account, desk } = holding(order);
      await desk.refresh(order);
      const proven = signed === undefined ? undefined : prove(desk, { order, approver, signed });
      return orderView(account.id, desk.approve(order, fingerprint, approver, proven), nowMs());
    },
    reject(order, by, message) {
      const { account, desk } = holding(order);
      return orderView(account.id, desk.reject(order, by, message), nowMs());
    },
    kill: (order) =>
      Promise.all(accounts.all().map((trading) => killAccount(trading, order, { ask, nowMs }))),
    resume(by, seen) {
      for (const { account, desk } of accounts.all()) {
        const { tradingState, stateCause } = desk.ledger;
        const isSeen = seen.some(
          (one) =>
            one.account === account.id && one.tradingState === tradingState && one.cause === stateCause,
        );
        if (tradingState === 'ACTIVE' || isSeen) continue;
        throw new TradeboxError(
          'USAGE',
          `${account.id} is ${tradingState} for what was not shown: ${stateCause.slice(0, 200)}`,
          { remedy: 'Look again, then resume.' },
        );
      }
      for (const { desk } of accounts.all()) desk.setState('ACTIVE', 'resumed', by);
      return list(0);
    },
    keys: () => reportKeys(keyHolders(), { ask, nowMs }),
  };
}

/** Orders that may rest at the venue, and exits that hung on what was filled: until a look since then shows them gone. */
function countResting(ledger: Ledger, { fromMs, loose }: LastLook): number {
  // What a human allowed and nobody has sent yet leaves only when its client asks again.
  const out = ledger.openBook.others(undefined).filter(({ state }) => state !== 'approved');
  let count = restingIntents(out, ledger).filter(({ action }) => action === 'place').length + loose;
  for (const { state, changedMs, intents, outcomes } of ledger.orders()) {
    if (state !== 'reconciled' || changedMs <= fromMs) continue;
    for (const [index, { legs = [] }] of intents.entries())
      if (hasFilled(outcomes[index])) count += legs.length;
  }
  return count;
}

function hasFilled(told: OutcomeRecord | undefined): boolean {
  return parseDecimal(told?.filled)?.gt(decimal('0')) === true;
}

/** What waits for a human stands first, then what is not known, however much came after it. */
function rank({ state }: OrderEntry): number {
  return state === 'held' ? 2 : state === 'unknown' ? 1 : 0;
}

/** So many of them, in their order; where not all fit, what rules denied is no more than half: a flood of it hides no order. */
function thinned<T extends { entry: OrderEntry }>(all: readonly T[], limit: number): T[] {
  const others = all.filter(({ entry }) => !wasDenied(entry)).length;
  let room = Math.max(Math.floor(limit / 2), limit - others);
  const shown = all.filter(({ entry }) => !wasDenied(entry) || room-- > 0);
  return shown.slice(0, limit);
}
