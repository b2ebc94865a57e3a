// Rule: the most orders that may rest at the venue at once, those of this request included.
import { countOrders } from '../legs.js';
import { defineRule, deny, measured } from '../rule.js';

export const maxOpenOrders = defineRule({
  key: 'maxOpenOrders',
  summary: 'no more orders rest at once',
  bindsExits: false,
  judge: (limit, { orders, open }) => {
    const placed = countOrders(orders, 'place');
    return open.count + placed <= limit
      ? []
      : [deny('TOO_MANY_OPEN_ORDERS', `${open.count} rest, ${placed} more would exceed ${limit}`)];
  },
  measure: (limit, { orders, open }) => [
    measured('orders at rest', 'orders', open.count + countOrders(orders, 'place'), limit),
  ],
});
