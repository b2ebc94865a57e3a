// What other guardrails would have made of an account's past orders, as far as its journal can tell: of prices, positions, balances and
// exposure it holds what the rules of that time were told. Each order is judged against what really went before it.
import type { JournalRecord } from '../audit/events.js';
import type { ToldOrderRecord, ToldRecord } from '../audit/order-events.js';
import { decimal, parseDecimal } from '../core/decimal.js';
import { isHeldToReduce, type OrderIntent } from '../core/order.js';
import { evaluate } from '../guard/evaluate.js';
import type { Facts, OrderFacts } from '../guard/facts.js';
import type { Guardrails } from '../guard/guardrails.js';
import { type Listed, listed, standing } from '../guard/legs.js';
import { isReducing, notionalOf } from '../guard/money.js';
import { Activity } from './activity.js';
import { intentOf } from './intent-record.js';
import { Ledger, type OrderEntry } from './ledger.js';
import { type ReadOrder, readOrder } from './told-facts.js';

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
  /** What the journal does not hold and a rule needs, in words. */
  missing: readonly string[];
}

const one = decimal('1');

/** Every order that was judged when it was proposed, oldest first. @throws Error on a journal that no desk wrote. */
export function replay(records: Iterable<JournalRecord>, guardrails: Guardrails): ReplayedOrder[] {
  const activity = new Activity();
  const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
  const replayed: ReplayedOrder[] = [];
  /** Of the proposals that are not judged yet. */
  const told = new Map<string, ToldRecord>();
  for (const { at, event } of records) {
    const nowMs = Date.parse(at);
    if (event.type === 'order.proposed' && event.told !== undefined) told.set(event.order, event.told);
    const entry =
      event.type === 'order.judged' && event.stage === 'proposal' ? ledger.order(event.order) : undefined;
    if (event.type === 'order.judged' && entry !== undefined) {
      const intents = entry.intents.map(intentOf);
      // Cancels alone are never judged by rules.
      if (intents.some(({ action }) => action !== 'cancel')) {
        const past = { nowMs, activity, openBook: ledger.openBook, told: told.get(entry.id) };
        const facts = factsOf(entry, intents, guardrails, past);
        replayed.push({ order: entry.id, at, intents, was: event.decision, ...judge(guardrails, facts) });
      }
      told.delete(entry.id);
    }
    ledger.apply(event, nowMs);
  }
  return replayed;
}

function judge(guardrails: Guardrails, facts: Facts): Pick<ReplayedOrder, 'now' | 'codes' | 'missing'> {
  const { outcome, findings } = evaluate(guardrails, facts);
  const isSure = findings.some(({ outcome: each, code }) => each === 'deny' && code !== 'DATA_MISSING');
  const missing = findings.flatMap(({ code, message }) => (code === 'DATA_MISSING' ? [message] : []));
  return {
    now: missing.length > 0 && !isSure ? 'unknown' : outcome,
    codes: [...new Set(findings.map(({ code }) => code))],
    missing: [...new Set(missing)],
  };
}

interface Past {
  nowMs: number;
  activity: Activity;
  openBook: Ledger['openBook'];
  /** Undefined for an order that no rules were asked of, or of an older journal. */
  told: ToldRecord | undefined;
}

function factsOf(
  entry: OrderEntry,
  intents: readonly OrderIntent[],
  guardrails: Guardrails,
  { nowMs, activity, openBook, told }: Past,
): Facts {
  const judged = intents.filter(({ action }) => action !== 'cancel');
  const { currency } = guardrails;
  const isSameMoney =
    told === undefined ? currency === undefined || entry.currency === currency : told.currency === currency;
  const request = isSameMoney && standing(judged).length === 1 ? entry.notional : undefined;
  const all = listed(judged);
  // An amendment was judged with all that its order was placed with, which may be more than it names.
  const records = told?.orders.length === all.length ? told.orders : [];
  const orders = all.map((each, index) => {
    const record = records[index];
    const read = readOrder(record, each.intent, guardrails, told?.lacksBalances);
    const worth = { request, isQuoted: currency === undefined, isSameMoney };
    const place = { isOwn: each.intent === judged[0], isAlone: all.length === 1 };
    return { terms: read.terms, facts: orderFacts(each, record, read, { ...worth, ...place }) };
  });
  return {
    nowMs,
    likeness: entry.likeness,
    orders: orders.map(({ facts }) => facts),
    // Its own judgement is not applied yet, so it does not count itself; naming it would search the whole past for it.
    activity: activity.facts(),
    open: {
      ...openBook.sumsBut(entry),
      orders: (but) =>
        openBook
          .others(entry, but)
          .flatMap(({ intents: each }) => each.filter(({ action }) => action !== 'cancel').map(intentOf)),
    },
    termsOf: (symbol) => orders.find(({ facts: { intent } }) => intent.instrument === symbol)?.terms,
    equity: parseDecimal(told?.equity) ?? activity.equityMarks.known(nowMs),
    ...(currency === undefined ? {} : { currency: { name: currency, rateOf: rateTo(currency) } }),
    grossExposure: isSameMoney ? parseDecimal(told?.gross) : undefined,
    netExposure: isSameMoney ? parseDecimal(told?.net) : undefined,
    ...(told?.isDisposal === true ? { isDisposal: true } : {}),
    ...(entry.explanation === undefined ? {} : { evidence: entry.explanation.sources }),
  };
}

interface Worth {
  /** Of the whole request, in the currency of these limits, where it was one order alone. */
  request: string | undefined;
  /** Prices count in the currency of these limits. */
  isQuoted: boolean;
  /** What was written down of each order is in it. */
  isSameMoney: boolean;
}

/** `told` is undefined for an order of which the journal tells nothing of its own. */
function orderFacts(
  { intent, isLeg }: Listed,
  told: ToldOrderRecord | undefined,
  read: ReadOrder,
  worth: Worth & { isOwn: boolean; isAlone: boolean },
): OrderFacts {
  const { request, isQuoted, isSameMoney, isOwn, isAlone } = worth;
  const { worth: own, terms, ...known } = read;
  // Of several orders, the dearest of those that come instead of one another counts: that only those who judged them knew.
  const quoted = isAlone
    ? notionalOf(intent, read.reference, terms, read.position)
    : notionalOf(intent, undefined, undefined, undefined);
  const recorded = (isSameMoney ? own : undefined) ?? (isOwn ? parseDecimal(request) : undefined);
  return {
    ...known,
    intent,
    // What the whole request was worth holds its legs.
    isLeg: isLeg || (!isOwn && request !== undefined),
    notional: recorded ?? (isQuoted ? quoted : undefined),
    isReducing:
      told === undefined
        ? intent.action === 'place' && isHeldToReduce(intent) // a venue holds positions to the flag; on spot it proves nothing
        : isReducing(intent, read.position, read),
  };
}

/** Rates of that time are not in the journal. */
const rateTo = (name: string) => (from: string) => (from === name ? one : undefined);
