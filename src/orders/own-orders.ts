// Which orders of a recorded request count: an alternative, and what hangs on another order and only closes it, fill nothing on top.
import type { IntentRecord } from '../audit/order-events.js';
import { listed, standing } from '../guard/legs.js';
import { intentOf, recordOf } from './intent-record.js';

type Intents = readonly IntentRecord[];

const isLinked = ({ isAlternative, isAttached }: IntentRecord): boolean =>
  isAlternative === true || isAttached === true;
const hasLegs = ({ legs }: IntentRecord): boolean => legs !== undefined;

/** Orders of the request that can fill something on top of the others, and its cancels; legs are not looked at. */
export function standingRecords(intents: Intents): Intents {
  if (!intents.some(isLinked)) return intents;
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
