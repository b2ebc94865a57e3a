// Rule: an order against a position may close it, never turn it round. A close order once opened a short: also by what was left in the
// book when it was filled.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { countsPosition, isHeldToReduce } from '../../core/order.js';
import type { OrderFacts } from '../facts.js';
import { isAgainst, leaves } from '../money.js';
import { defineRule, deny, type Finding, missing } from '../rule.js';

const zero = decimal('0');

export const noReversal = defineRule({
  key: 'noReversal',
  summary: 'an order never turns a position round',
  bindsExits: true,
  judge: (_on, { orders }) =>
    orders.flatMap((order): Finding[] => {
      const { intent, position, pending, isLeg } = order;
      const { side, quantity, instrument } = intent;
      if (isLeg || quantity === undefined) return [];
      if (isHeldToReduce(intent)) return judgeBound(order);
      // Spot holdings cannot go below zero; only a position can turn round.
      if (!countsPosition(intent)) return [];
      if (position === undefined) return [missing(`the position in ${instrument}`)];
      const all = quantity.value.plus(pending);
      if (!isAgainst(intent, position) || all.lte(position.abs())) return [];
      return [
        deny(
          'POSITION_REVERSAL',
          `${side ?? ''} ${formatDecimal(all)} in all would turn the position ${formatDecimal(position)} in ${instrument} round`,
        ),
      ];
    }),
});

/** What the venue holds to reducing turns nothing round by itself: orders that it does not hold to it do, once this one is filled. */
function judgeBound({ intent, position, unbound }: OrderFacts): Finding[] {
  if (unbound.eq(zero)) return [];
  const { instrument } = intent;
  if (position === undefined) return [missing(`the position in ${instrument}`)];
  if (!isAgainst(intent, position) || leaves(intent, position, unbound)) return [];
  return [
    deny(
      'POSITION_REVERSAL',
      `with the position in ${instrument} closed, ${formatDecimal(unbound)} on its way without reduce-only would open the reverse`,
    ),
  ];
}
