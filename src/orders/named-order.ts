// Which order an amendment or a cancel means, by the ids that it gives, and whether the venue took that order away.
import type { IntentRecord, OutcomeRecord } from '../audit/order-events.js';

/** A request, as far as its orders can be named. */
export interface Naming {
  readonly intents: readonly IntentRecord[];
  /** What the venue told of each of its orders. */
  readonly outcomes?: readonly OutcomeRecord[];
  /** Ids under which it was sent. */
  readonly clientOrderIds?: readonly string[];
}

/** Whether all ids that an amendment or a cancel gives are of this order of the request: of two, the venue may go by either. */
export function isNamed(
  { instrument, venueOrderId, clientOrderId }: IntentRecord,
  { intents, outcomes = [], clientOrderIds = [] }: Naming,
  index: number,
): boolean {
  const [record, told] = [intents[index], outcomes[index]];
  if (record === undefined || (venueOrderId === undefined && clientOrderId === undefined)) return false;
  // Some venues name an order by its id alone, which is one of all their symbols then.
  if (instrument !== '' && record.instrument !== '' && record.instrument !== instrument) return false;
  const sentAs = intents.length === 1 ? clientOrderIds[0] : undefined;
  return (
    (venueOrderId === undefined || [record.venueOrderId, told?.venueOrderId].includes(venueOrderId)) &&
    (clientOrderId === undefined ||
      [record.clientOrderId, told?.clientOrderId, sentAs].includes(clientOrderId))
  );
}

/**
 * Whether the order at `index` of `request` is gone by the cancel at `place` of `canceling`. Rows of an answer that name this order count,
 * wherever they stand: venues may tell of several cancels in an order of their own. A row about another order says nothing of it.
 */
export function isCanceledBy(canceling: Naming, place: number, request: Naming, index: number): boolean {
  const { intents, outcomes = [] } = canceling;
  const cancel = intents[place];
  if (cancel === undefined || !isNamed(cancel, request, index)) return false;
  const own = request.outcomes?.[index]?.venueOrderId ?? request.intents[index]?.venueOrderId;
  const named = own === undefined ? [] : outcomes.filter(({ venueOrderId }) => venueOrderId === own);
  if (named.length > 0) return named.every(isTaken);
  const told = outcomes[place];
  const isOfThis = told?.venueOrderId === undefined || (own === undefined && intents.length === 1);
  return isOfThis && isTaken(told);
}

/** Whether the venue took one of the cancels of a request; of several it may have taken some. */
export function isTaken(told: OutcomeRecord | undefined): boolean {
  return told?.state === 'accepted' || told?.state === 'canceled';
}
