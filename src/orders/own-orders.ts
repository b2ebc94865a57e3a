// Which orders of a recorded request count: an alternative, and what hangs on another order and only closes it, fill nothing on top.
import { finalOutcomes, type IntentRecord, type OutcomeRecord } from '../audit/order-events.js';
import { isHeldToReduce } from '../core/order.js';
import { hangs, listed, standing } from '../guard/legs.js';
import { intentOf, recordOf } from './intent-record.js';

type Intents = readonly IntentRecord[];

const hasLegs = ({ legs }: IntentRecord): boolean => legs !== undefined;

/** Orders of the request that can fill something on top of the others, and its cancels; legs are not looked at. */
export function standingRecords(intents: Intents): Intents {
  if (!intents.some(hangs)) return intents;
  const kept = new Set(standing(intents.map(intentOf)));
  return intents.filter((record) => kept.has(intentOf(record)));
}

/** The same, with attached orders that can be filled on top of the orders they hang on. */
export function withHanging(intents: Intents): Intents {
  const own = standingRecords(intents);
  if (!own.some(hasLegs)) return own;
  const known = intents.map(intentOf);
  const others = listed(known).filter(({ intent, isLeg }) => !isLeg && !known.includes(intent));
  return [...own, ...others.map(({ intent }) => recordOf(intent))];
}

/** Orders that the request places or amends. */
export function ownOrders(intents: Intents): number {
  let count = 0;
  for (const { action } of standingRecords(intents)) if (action !== 'cancel') count += 1;
  return count;
}

/** What hangs on an order of a request and closes what that opens. */
export interface HangingExit {
  record: IntentRecord;
  /** What the venue told of it; of a leg it tells nothing. */
  told: OutcomeRecord | undefined;
}

/**
 * Of exits that hang on orders of the request those that the venue does not hold to reducing, until they are known to be over: as soon as
 * the entry is filled each rests as a plain order does, and opens the reverse once something else closed the position. They count from
 * the first, since a fill may be known here only a minute after it.
 */
export function hangingExits(request: {
  readonly intents: Intents;
  readonly outcomes?: readonly OutcomeRecord[];
}): readonly HangingExit[] {
  const { intents, outcomes = [] } = request;
  if (!intents.some(isFollowed)) return none;
  const known = intents.map(intentOf);
  return listed(known).flatMap(({ intent, isLeg }) => {
    if (!isLeg || intent.action !== 'place' || !mayRemain(intent)) return [];
    const told = outcomes[known.indexOf(intent)];
    return told !== undefined && finalOutcomes.has(told.state) ? [] : [{ record: recordOf(intent), told }];
  });
}

type Hanging = Parameters<typeof isHeldToReduce>[0] & { isAlternative?: true };

const none: readonly HangingExit[] = [];

const isFollowed = (record: IntentRecord): boolean =>
  (record.isAttached === true && mayRemain(record)) || record.legs?.some(mayRemain) === true;
/** An alternative ends with its order. */
const mayRemain = (order: Hanging): boolean => order.isAlternative !== true && !isHeldToReduce(order);
