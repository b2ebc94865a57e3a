// Rule: the most that the position in one symbol may be worth when the order is filled. On spot what is held
// counts, of purchases, where the venue tells it.

import { formatDecimal } from '../../core/decimal.js';
import { countsPosition } from '../../core/order.js';
import type { OrderFacts } from '../facts.js';
import { projectedWorth } from '../money.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

export const maxPositionNotional = defineRule({
  key: 'maxPositionNotional',
  summary: 'no position grows beyond this worth',
  bindsExits: false,
  judge: (limit, { orders }) =>
    orders.flatMap((order): Finding[] => {
      const { intent } = order;
      if (!isCounted(order)) return [];
      const worth = projectedWorth(order);
      if (worth === undefined) return [missing(`the position in ${intent.instrument} after the order`)];
      return worth.lte(limit)
        ? []
        : [
            deny(
              'POSITION_TOO_LARGE',
              `the position in ${intent.instrument} would be worth ${formatDecimal(worth)}, more than ${formatDecimal(limit)}`,
            ),
          ];
    }),
  measure: (limit, { orders }) =>
    orders.filter(isCounted).map((order) =>
      measured('worth of the position', 'money', projectedWorth(order), limit, {
        symbol: order.intent.instrument,
      }),
    ),
});

function isCounted({ intent, isLeg, spot }: OrderFacts): boolean {
  const isPurchase = spot !== undefined && intent.side !== 'sell';
  return !isLeg && (countsPosition(intent) || isPurchase);
}
