// Rule: the most requests whose orders may rest at the venue at once, this one included.
import type { Facts } from '../facts.js';
import { defineRule, deny, measured } from '../rule.js';

export const maxOpenOrders = defineRule({
  key: 'maxOpenOrders',
  summary: 'no more orders rest at once',
  bindsExits: false,
  judge: (limit, { orders, open }) => {
    const placed = placedIn(orders);
    return open.count + placed <= limit
      ? []
      : [deny('TOO_MANY_OPEN_ORDERS', `${open.count} rest, ${placed} more would exceed ${limit}`)];
  },
  measure: (limit, { orders, open }) => [
    measured('orders at rest', 'orders', open.count + placedIn(orders), limit),
  ],
});

function placedIn(orders: Facts['orders']): number {
  return orders.filter(({ intent, isLeg }) => intent.action === 'place' && !isLeg).length;
}
