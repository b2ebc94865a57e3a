// Rule: amendments a minute, this one included.
import { defineRule, deny, measured } from '../rule.js';

export const amendsPerMinute = defineRule({
  key: 'amendsPerMinute',
  summary: 'amendments come no faster',
  bindsExits: false,
  judge: (most, { nowMs, orders, activity }) =>
    orders.every(({ intent }) => intent.action !== 'amend') ||
    activity.countSince(nowMs - 60_000, 'amend') < most
      ? []
      : [deny('AMEND_RATE_EXCEEDED', `more than ${most} amendments a minute`)],
  measure: (most, { nowMs, orders, activity }) => {
    const own = orders.some(({ intent }) => intent.action === 'amend') ? 1 : 0;
    const count = activity.countSince(nowMs - 60_000, 'amend') + own;
    return [measured('amendments a minute', 'requests', count, most)];
  },
});
