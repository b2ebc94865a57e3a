// Learns from the venue what became of orders: of those whose answer was lost, and of those that may still be filled (S8).
// Nothing is ever sent again; a question whose answer is not understood is asked again later.
import type { IntentRecord, OutcomeRecord } from '../../audit/order-events.js';
import { formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { OrderDesk } from '../../orders/desk.js';
import { clientOrderIdsOf } from '../../orders/intent-record.js';
import type { OrderEntry } from '../../orders/ledger.js';
import type { OrderName, VenueOrderState } from '../../venues/admin.js';
import type { AskVenue, CallAccount, CallResult } from '../venue-calls.js';

export interface ReconcileParts {
  desk: OrderDesk;
  account: CallAccount;
  ask: AskVenue;
  nowMs(): number;
}

/**
 * A lost order is taken as never accepted only when the venue has not heard of it so long after it was sent: what is on
 * its way may still arrive.
 */
export const absentAfterMs = 5_000;

/** An order that the venue acknowledged ends as absent only after it was not heard of for so long, each time it was asked for. */
export const goneAfterMs = 60_000;

/** Since when each request has an order that the venue acknowledged and now knows nothing of: milliseconds since the epoch. */
const missingSince = new WeakMap<OrderEntry, number>();

const deadlineMs = 5_000;

/** Orders of which the venue just told that they ended, by symbol and its own order id, a space between. */
export type EndedOrders = ReadonlyMap<string, VenueOrderState>;

/** Asks for every order of the request that is not among the ended ones. True when nothing more has to be asked of it. */
export async function reconcileOrder(
  entry: OrderEntry,
  parts: ReconcileParts,
  ended: EndedOrders = new Map(),
): Promise<boolean> {
  const { desk, account, ask, nowMs } = parts;
  const { admin } = account.venue;
  if (entry.state !== 'unknown' && entry.state !== 'acknowledged') return true;
  if (entry.intents.every(namesNothing)) return endNameless(entry, parts);
  const names = namesOf(entry);
  if (admin === undefined || names === undefined) return false;
  const outcomes: OutcomeRecord[] = [];
  let isOpen = false;
  let isMissing = false;
  for (const { name, refused } of names) {
    if (refused !== undefined) {
      outcomes.push(refused);
      continue;
    }
    const at = { environment: account.environment };
    const told = endedOf(name, ended);
    const answer: CallResult<VenueOrderState | 'absent'> =
      told === undefined
        ? await ask(account, admin.findOrder(at, name), deadlineMs)
        : { isUnderstood: true, value: told };
    // What is filled stays filled: an answer may be older than one that was heard, and the next newer. What was heard of this order
    // stands until then, so that its siblings' fills are not lost with it.
    const heard = entry.outcomes[outcomes.length];
    if (!answer.isUnderstood || (answer.value !== 'absent' && isOlder(answer.value, heard))) {
      if (heard === undefined) return false;
      outcomes.push(heard);
      isOpen = true;
      continue;
    }
    if (answer.value === 'absent' && nowMs() - entry.changedMs < absentAfterMs) return false;
    if (answer.value === 'absent' && heard?.venueOrderId !== undefined && heard.state === 'resting') {
      isMissing = true;
      const sinceMs = missingSince.get(entry) ?? nowMs();
      missingSince.set(entry, sinceMs);
      if (nowMs() - sinceMs < goneAfterMs) {
        outcomes.push(heard);
        isOpen = true;
        continue;
      }
    }
    outcomes.push(answer.value === 'absent' ? absent(name) : outcomeOf(answer.value));
  }
  if (!isMissing) missingSince.delete(entry);
  if (entry.state !== 'unknown' && entry.state !== 'acknowledged') return true;
  const isNews = !isSame(outcomes, entry.outcomes);
  if (!isNews && (isOpen || entry.state === 'acknowledged')) return false;
  desk.progress({ type: 'order.reconciled', order: entry.id, outcomes });
  return !isOpen && !outcomes.some(({ state }) => state === 'resting');
}

/** A cancel of all there are, or of what is no order. */
function namesNothing({ action, venueOrderId, clientOrderId }: IntentRecord): boolean {
  return action === 'cancel' && venueOrderId === undefined && clientOrderId === undefined;
}

/** Of such cancels there is nothing to ask; the orders that they end are asked for by themselves. False while one may still be on its way. */
function endNameless({ id, state, changedMs }: OrderEntry, { desk, nowMs }: ReconcileParts): boolean {
  if (state === 'unknown' && nowMs() - changedMs < absentAfterMs) return false;
  desk.progress({ type: 'order.reconciled', order: id, outcomes: [] });
  return true;
}

/** The venue's order, if it is the one that is meant by both of its ids. */
function endedOf(
  { instrument, venueOrderId, clientOrderId }: OrderName,
  ended: EndedOrders,
): VenueOrderState | undefined {
  const told = venueOrderId === undefined ? undefined : ended.get(`${instrument} ${venueOrderId}`);
  return clientOrderId === undefined || told?.clientOrderId === clientOrderId ? told : undefined;
}

/** How each order of the request is asked for; undefined when one of them has no name. */
function namesOf({ intents, operation, outcomes, clientOrderIds }: OrderEntry) {
  const names: { name: OrderName; refused?: OutcomeRecord }[] = [];
  const released = releasedIds(intents, clientOrderIds);
  for (const [index, { instrument, clientOrderId, venueOrderId }] of intents.entries()) {
    const told = outcomes[index];
    const own = released[index] ?? clientOrderId ?? told?.clientOrderId ?? clientOrderIds[index];
    const venueId = told?.venueOrderId ?? venueOrderId;
    if (own === undefined && venueId === undefined) return undefined;
    const name = {
      instrument,
      operation,
      ...(venueId === undefined ? {} : { venueOrderId: venueId }),
      ...(own === undefined ? {} : { clientOrderId: own }),
    };
    names.push(told?.state === 'refused' ? { name, refused: told } : { name });
  }
  return names;
}

/**
 * The client order id under which each order left: an approval may have been claimed by the same order under another one.
 * Empty where ids cannot be told apart.
 */
function releasedIds(intents: OrderEntry['intents'], ids: readonly string[]): (string | undefined)[] {
  let next = 0;
  const found = intents.map(({ action, legs }) => {
    if (action !== 'place') return undefined;
    const id = ids[next];
    next += 1 + clientOrderIdsOf(legs ?? []).length;
    return id;
  });
  return next === ids.length ? found : [];
}

function absent({ clientOrderId, venueOrderId }: OrderName): OutcomeRecord {
  return {
    state: 'absent',
    ...(venueOrderId === undefined ? {} : { venueOrderId }),
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
  };
}

function outcomeOf(told: VenueOrderState): OutcomeRecord {
  const { state, venueOrderId, clientOrderId, filled, averagePrice, fee } = told;
  return {
    state: state === 'rejected' ? 'refused' : state,
    venueOrderId,
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    filled: formatDecimal(filled),
    ...(averagePrice === undefined ? {} : { averagePrice: formatDecimal(averagePrice) }),
    ...(fee === undefined ? {} : { fee: formatDecimal(fee) }),
  };
}

function isOlder({ venueOrderId, filled }: VenueOrderState, heard: OutcomeRecord | undefined): boolean {
  const before = heard?.venueOrderId === venueOrderId ? parseDecimal(heard.filled) : undefined;
  return before !== undefined && filled.lt(before);
}

function isSame(a: readonly OutcomeRecord[], b: readonly OutcomeRecord[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
