// Rule: so many orders in the window are a strategy gone wild: only exits pass until a human resumes the account. 1,138 trades in 45 minutes
// once cost $8,000.
import type { Facts } from '../facts.js';
import { countOrders } from '../legs.js';
import { defineRule, type Finding, measured } from '../rule.js';

export const repeat = defineRule({
  key: 'repeat',
  summary: 'after a burst of orders only exits pass, until a human resumes the account',
  bindsExits: false,
  halts: true,
  judge: ({ orders, minutes }, facts): readonly Finding[] =>
    countOf(minutes, facts) <= orders
      ? []
      : [
          {
            outcome: 'deny',
            code: 'REPEAT_THROTTLE',
            message: `more than ${orders} orders within ${minutes} minutes: only exits pass`,
            halts: true,
          },
        ],
  measure: ({ orders, minutes }, facts) => [
    measured('orders in the window', 'orders', countOf(minutes, facts), orders),
  ],
});

/** This request included; one that only amends counts as one. */
function countOf(minutes: number, { nowMs, orders, activity }: Facts): number {
  const sinceMs = Math.max(nowMs - minutes * 60_000, activity.rearmedMs);
  return activity.countSince(sinceMs, 'place') + Math.max(1, countOrders(orders, 'place'));
}
