// Rule: the same order again within the window is a mistake: a retry that was none, or two processes with one idea.
import { defineRule, deny, pauseSince } from '../rule.js';

export const duplicateSeconds = defineRule({
  key: 'duplicateSeconds',
  summary: 'the same order is not sent twice in the window',
  bindsExits: true,
  judge: (seconds, { nowMs, likeness, activity }) => {
    const last = activity.lastSame(likeness);
    return last === undefined || nowMs - last >= seconds * 1000
      ? []
      : [deny('DUPLICATE', `the same order came ${((nowMs - last) / 1000).toFixed(1)} s ago`)];
  },
  measure: (seconds, { nowMs, likeness, activity }) =>
    pauseSince('pause since the same order', activity.lastSame(likeness), { nowMs, seconds }),
});
