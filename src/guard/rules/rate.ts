// Rule: requests a second, a minute, an hour, this one included.
import { defineRule, deny } from '../rule.js';

export const rate = defineRule({
  key: 'rate',
  summary: 'order requests come no faster',
  bindsExits: false,
  judge: ({ perSecond, perMinute, perHour }, { nowMs, activity }) =>
    [
      { most: perSecond, windowMs: 1_000, unit: 'second' },
      { most: perMinute, windowMs: 60_000, unit: 'minute' },
      { most: perHour, windowMs: 3_600_000, unit: 'hour' },
    ].flatMap(({ most, windowMs, unit }) =>
      most === undefined || activity.countSince(nowMs - windowMs, 'place') < most
        ? []
        : [deny('RATE_EXCEEDED', `more than ${most} order requests a ${unit}`)],
    ),
});
