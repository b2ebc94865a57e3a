// Rule: orders and turnover of a day in the stated time zone, this request included. Counted from the account's journal, so neither a
// restart nor a reset begins anew (D15).
import { formatDecimal } from '../../core/decimal.js';
import { startOfDayMs } from '../calendar.js';
import { sumNotional } from '../money.js';
import { defineRule, deny, type Finding, missing } from '../rule.js';

export const daily = defineRule({
  key: 'daily',
  summary: 'orders and turnover of a day are bounded',
  bindsExits: false,
  judge: ({ orders: most, notional: turnover }, { nowMs, orders, activity }, { timeZone }) => {
    const since = startOfDayMs(nowMs, timeZone);
    const findings: Finding[] = [];
    const count = activity.countSince(since, 'place') + 1;
    if (most !== undefined && count > most) {
      findings.push(deny('DAILY_ORDERS', `${count} requests today would exceed ${most}`));
    }
    if (turnover !== undefined) {
      const worth = sumNotional(orders);
      if (worth === undefined) return [...findings, missing('what the request is worth')];
      const total = activity.notionalSince(since).plus(worth);
      if (total.gt(turnover)) {
        findings.push(
          deny(
            'DAILY_NOTIONAL',
            `a turnover of ${formatDecimal(total)} today would exceed ${formatDecimal(turnover)}`,
          ),
        );
      }
    }
    return findings;
  },
});
