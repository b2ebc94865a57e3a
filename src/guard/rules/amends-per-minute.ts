// Rule: orders amended a minute, those of this request included.
import { countOrders } from '../legs.js';
import { defineRule, deny, measured } from '../rule.js';

export const amendsPerMinute = defineRule({
  key: 'amendsPerMinute',
  summary: 'amendments come no faster',
  bindsExits: false,
  judge: (most, { nowMs, orders, activity }) => {
    const own = countOrders(orders, 'amend');
    return own === 0 || activity.countSince(nowMs - 60_000, 'amend') + own <= most
      ? []
      : [deny('AMEND_RATE_EXCEEDED', `more than ${most} amendments a minute`)];
  },
  measure: (most, { nowMs, orders, activity }) => {
    const count = activity.countSince(nowMs - 60_000, 'amend') + countOrders(orders, 'amend');
    return [measured('amendments a minute', 'orders', count, most)];
  },
});
