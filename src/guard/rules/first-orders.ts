// Rule: a human looks at the first orders of an account, whatever their size.
import { defineRule, type Finding, measured } from '../rule.js';

export const firstOrders = defineRule({
  key: 'firstOrders',
  summary: 'a human decides the first orders of the account',
  bindsExits: false,
  judge: (count, { activity }): readonly Finding[] =>
    activity.released >= count
      ? []
      : [
          {
            outcome: 'hold',
            code: 'FIRST_ORDERS',
            message: `order ${activity.released + 1} of the ${count} that a human decides first`,
          },
        ],
  measure: (count, { activity }) => [
    measured('orders sent before', 'requests', activity.released, count, { isLeast: true }),
  ],
});
