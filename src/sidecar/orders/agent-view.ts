// What the agent may read of its own orders and limits at http://tradebox.internal. Read-only: nothing here decides or loosens (S9).
import { passingIn } from '../../orders/admission.js';
import type { DeskLimits } from '../../orders/desk-parts.js';
import type { OrderEntry } from '../../orders/ledger.js';
import type { ReflexLimits } from '../../orders/reflexes.js';
import type { LiveStep } from '../settings.js';
import type { TradingAccounts } from './accounts.js';

export interface AgentView {
  /** The answer to a path of tradebox.internal; undefined for one that says nothing of orders. */
  read(path: string): unknown;
}

/** Orders that the agent is shown. */
const shown = 50;

export function createAgentView(
  accounts: TradingAccounts,
  limits: {
    mode: string;
    desk: DeskLimits;
    reflexes: ReflexLimits;
    guardrails?: unknown;
    /** Hard caps of live accounts. */
    liveSteps?: readonly Pick<LiveStep, 'account' | 'maxNotional' | 'maxDayNotional'>[];
  },
): AgentView {
  return {
    read(path) {
      if (path === '/orders') return { orders: recentOrders(accounts) };
      if (path === '/limits') return { ...limits, accounts: accounts.all().map(stateOf) };
      return undefined;
    },
  };
}

function recentOrders(accounts: TradingAccounts): unknown[] {
  const all = accounts.all().flatMap(({ desk }) => {
    desk.sweep();
    return desk.ledger.orders();
  });
  return all
    .sort((a, b) => b.proposedMs - a.proposedMs)
    .slice(0, shown)
    .map(ownView);
}

/** Without the fingerprint, which is the human's to compare, and without the operator's words. */
function ownView({ id, state, intents, proposedMs, expiresMs, reasons, outcomes }: OrderEntry): unknown {
  return {
    order: id,
    state,
    intents,
    proposedMs,
    ...(expiresMs === undefined ? {} : { expiresMs }),
    reasons: reasons.map(({ code }) => code),
    outcomes,
  };
}

function stateOf({ account, desk }: ReturnType<TradingAccounts['all']>[number]): unknown {
  return { account: account.id, tradingState: desk.ledger.tradingState, passing: passingIn(desk.ledger) };
}
