// Rule: the most requests whose orders may rest at the venue at once, this one included.
import { defineRule, deny } from '../rule.js';

export const maxOpenOrders = defineRule({
  key: 'maxOpenOrders',
  summary: 'no more orders rest at once',
  bindsExits: false,
  judge: (limit, { orders, open }) => {
    const placed = orders.filter(({ intent, isLeg }) => intent.action === 'place' && !isLeg).length;
    return open.count + placed <= limit
      ? []
      : [deny('TOO_MANY_OPEN_ORDERS', `${open.count} rest, ${placed} more would exceed ${limit}`)];
  },
});
