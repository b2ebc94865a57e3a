// Rule: orders a second, a minute, an hour, those of this request included. A request that only amends counts as one.
import type { Guardrails } from '../guardrails.js';
import { countOrders } from '../legs.js';
import { defineRule, deny, measured } from '../rule.js';

export const rate = defineRule({
  key: 'rate',
  summary: 'orders come no faster',
  bindsExits: false,
  judge: (limits, { nowMs, orders, activity }) => {
    const own = Math.max(1, countOrders(orders, 'place'));
    return windowsOf(limits).flatMap(({ most, windowMs, unit }) =>
      activity.countSince(nowMs - windowMs, 'place') + own <= most
        ? []
        : [deny('RATE_EXCEEDED', `more than ${most} orders a ${unit}`)],
    );
  },
  measure: (limits, { nowMs, orders, activity }) => {
    const own = Math.max(1, countOrders(orders, 'place'));
    return windowsOf(limits).map(({ most, windowMs, unit }) =>
      measured(`orders a ${unit}`, 'orders', activity.countSince(nowMs - windowMs, 'place') + own, most),
    );
  },
});

const windows = [
  { key: 'perSecond', windowMs: 1_000, unit: 'second' },
  { key: 'perMinute', windowMs: 60_000, unit: 'minute' },
  { key: 'perHour', windowMs: 3_600_000, unit: 'hour' },
] as const;

function windowsOf(limits: NonNullable<Guardrails['rate']>) {
  return windows.flatMap(({ key, windowMs, unit }) => {
    const most = limits[key];
    return most === undefined ? [] : [{ most, windowMs, unit }];
  });
}
