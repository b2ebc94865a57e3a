// What other guardrails would have made of an account's past orders, as far as its journal can tell: it holds neither the market's
// prices nor the positions of that time, and of what the account was worth the marks that were written. Each order is judged against what really went before it.
import type { JournalRecord } from '../audit/events.js';
import { decimal, parseDecimal } from '../core/decimal.js';
import { isHeldToReduce, type OrderIntent } from '../core/order.js';
import { evaluate } from '../guard/evaluate.js';
import type { Facts, OrderFacts } from '../guard/facts.js';
import type { Guardrails } from '../guard/guardrails.js';
import { listed, standing } from '../guard/legs.js';
import { notionalOf } from '../guard/money.js';
import { Activity } from './activity.js';
import { intentOf } from './intent-record.js';
import { Ledger, type OrderEntry } from './ledger.js';
import { standingRecords } from './own-orders.js';

export interface ReplayedOrder {
  order: string;
  /** ISO 8601, when it was judged. */
  at: string;
  intents: readonly OrderIntent[];
  /** What was decided then, the mode's own judgement included. */
  was: 'allow' | 'hold' | 'deny';
  /** What these guardrails say by themselves; `unknown` where a rule needs what the journal does not hold. */
  now: 'allow' | 'hold' | 'deny' | 'unknown';
  /** Reason codes of every finding. */
  codes: readonly string[];
}

const zero = decimal('0');
const openStates = ['approved', 'releasing', 'sent', 'acknowledged', 'unknown'] as const;

/** Every order that was judged when it was proposed, oldest first. @throws Error on a journal that no desk wrote. */
export function replay(records: Iterable<JournalRecord>, guardrails: Guardrails): ReplayedOrder[] {
  const activity = new Activity();
  const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
  const replayed: ReplayedOrder[] = [];
  for (const { at, event } of records) {
    const nowMs = Date.parse(at);
    const entry =
      event.type === 'order.judged' && event.stage === 'proposal' ? ledger.order(event.order) : undefined;
    if (event.type === 'order.judged' && entry !== undefined) {
      const intents = entry.intents.map(intentOf);
      // Cancels alone are never judged by rules.
      if (intents.some(({ action }) => action !== 'cancel')) {
        const others = ledger.openIn(...openStates).filter((each) => each !== entry);
        const facts = factsOf(entry, intents, { nowMs, activity, others });
        replayed.push({ order: entry.id, at, intents, was: event.decision, ...judge(guardrails, facts) });
      }
    }
    ledger.apply(event, nowMs);
  }
  return replayed;
}

function judge(guardrails: Guardrails, facts: Facts): Pick<ReplayedOrder, 'now' | 'codes'> {
  const { outcome, findings } = evaluate(guardrails, facts);
  const isSure = findings.some(({ outcome: each, code }) => each === 'deny' && code !== 'DATA_MISSING');
  const lacks = findings.some(({ code }) => code === 'DATA_MISSING');
  return {
    now: lacks && !isSure ? 'unknown' : outcome,
    codes: [...new Set(findings.map(({ code }) => code))],
  };
}

function factsOf(
  entry: OrderEntry,
  intents: readonly OrderIntent[],
  past: { nowMs: number; activity: Activity; others: readonly OrderEntry[] },
): Facts {
  const placing = past.others.filter(({ intents: each }) => each.some(({ action }) => action === 'place'));
  const judged = intents.filter(({ action }) => action !== 'cancel');
  return {
    nowMs: past.nowMs,
    likeness: entry.likeness,
    orders: orderFacts(judged, standing(judged).length === 1 ? entry.notional : undefined),
    // Its own judgement is not applied yet, so it does not count itself; naming it would search the whole past for it.
    activity: past.activity.facts(),
    open: {
      count: placing.flatMap(({ intents: each }) =>
        standingRecords(each).filter(({ action }) => action === 'place'),
      ).length,
      notional: sumOf(placing),
      worthOf: (side) => sumOf(placing.filter((each) => each.intents.some((intent) => intent.side === side))),
      symbols: new Set(placing.flatMap(({ intents: each }) => each.map(({ instrument }) => instrument))),
      orders: () =>
        past.others.flatMap(({ intents: each }) =>
          each.filter(({ action }) => action !== 'cancel').map(intentOf),
        ),
    },
    termsOf: () => undefined,
    equity: past.activity.equityMarks.known(past.nowMs),
    grossExposure: undefined,
    netExposure: undefined,
    ...(entry.explanation === undefined ? {} : { evidence: entry.explanation.sources }),
  };
}

/** The orders and their legs. `recorded`: what the whole request was worth, where it was one order alone. */
function orderFacts(orders: readonly OrderIntent[], recorded: string | undefined): OrderFacts[] {
  return listed(orders).map(({ intent, isLeg }) => {
    const isOwn = intent === orders[0];
    return {
      intent,
      // What the whole request was worth holds its legs.
      isLeg: isLeg || (!isOwn && recorded !== undefined),
      notional:
        (isOwn ? worthOf(recorded) : undefined) ?? notionalOf(intent, undefined, undefined, undefined),
      reference: undefined,
      position: undefined,
      pending: zero,
      unbound: zero,
      // A venue holds positions to the flag; on spot it proves nothing.
      isReducing: intent.action === 'place' && isHeldToReduce(intent),
    };
  });
}

function sumOf(entries: readonly OrderEntry[]) {
  return entries.reduce((sum, { notional }) => sum.plus(worthOf(notional) ?? zero), zero);
}

function worthOf(text: string | undefined) {
  return text === undefined ? undefined : parseDecimal(text);
}
