// Rule: requests a second, a minute, an hour, this one included.
import type { Guardrails } from '../guardrails.js';
import { defineRule, deny, measured } from '../rule.js';

export const rate = defineRule({
  key: 'rate',
  summary: 'order requests come no faster',
  bindsExits: false,
  judge: (limits, { nowMs, activity }) =>
    windowsOf(limits).flatMap(({ most, windowMs, unit }) =>
      activity.countSince(nowMs - windowMs, 'place') < most
        ? []
        : [deny('RATE_EXCEEDED', `more than ${most} order requests a ${unit}`)],
    ),
  measure: (limits, { nowMs, activity }) =>
    windowsOf(limits).map(({ most, windowMs, unit }) =>
      measured(`requests a ${unit}`, 'requests', activity.countSince(nowMs - windowMs, 'place') + 1, most),
    ),
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
