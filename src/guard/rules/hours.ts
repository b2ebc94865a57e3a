// Rule: trading hours. One of the entries must hold; an entry that ends before it begins goes past midnight.
import { isWithin } from '../calendar.js';
import { defineRule, deny } from '../rule.js';

export const hours = defineRule({
  key: 'hours',
  summary: 'orders come in trading hours only',
  bindsExits: false,
  judge: (sessions, { nowMs }, { timeZone }) =>
    sessions.some((session) => isWithin(nowMs, { timeZone, ...session }))
      ? []
      : [deny('OUTSIDE_HOURS', 'no trading session is open now')],
});
