// Rule: a human looks at the first orders of an account, whatever their size, until the venue has accepted so many.
import { defineRule, type Finding, measured } from '../rule.js';

export const firstOrders = defineRule({
  key: 'firstOrders',
  summary: 'a human decides the first orders of the account',
  bindsExits: false,
  judge: (count, { activity }): readonly Finding[] =>
    activity.accepted >= count
      ? []
      : [
          {
            outcome: 'hold',
            code: 'FIRST_ORDERS',
            message: `order ${activity.accepted + 1} of the ${count} that a human decides first`,
          },
        ],
  measure: (count, { activity }) => [
    measured('orders accepted before', 'orders', activity.accepted, count, { isLeast: true }),
  ],
});
