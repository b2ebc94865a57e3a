// Rule: whoever cancels too fast places nothing new meanwhile. Cancels themselves always pass.
import { defineRule, deny, measured } from '../rule.js';

export const cancelsPerMinute = defineRule({
  key: 'cancelsPerMinute',
  summary: 'after so many cancels in a minute no new order comes',
  bindsExits: false,
  judge: (most, { nowMs, activity }) => {
    const canceled = activity.countSince(nowMs - 60_000, 'cancel');
    return canceled <= most
      ? []
      : [deny('CANCEL_RATE_EXCEEDED', `${canceled} cancels within a minute are more than ${most}`)];
  },
  measure: (most, { nowMs, activity }) => [
    measured('cancels a minute', 'orders', activity.countSince(nowMs - 60_000, 'cancel'), most),
  ],
});
