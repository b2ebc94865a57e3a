// What keeps rules about wins and losses from knowing them: fills that the venue makes of its own accord, by triggers and legs.
import type { Facts } from './facts.js';
import { waitsForTrigger } from './money.js';

/** What is not known, of earlier orders or by letting this request pass; undefined when every result is told. */
export function unfollowed({ orders, activity }: Pick<Facts, 'orders' | 'activity'>): string | undefined {
  if (activity.results.unknownMs !== undefined)
    return 'what an earlier triggered, attached or amended order won or lost';
  const isTold = orders.every(({ intent, isLeg }) => !isLeg && !waitsForTrigger(intent));
  return isTold ? undefined : 'what a triggered or attached order will win or lose';
}
