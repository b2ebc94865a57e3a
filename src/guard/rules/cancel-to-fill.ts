// Rule: orders are placed to be filled. Where far more are cancelled than filled, no new one comes until the window has passed:
// venues call it quote stuffing and bar accounts for it. Cancels themselves always pass.
import { defineRule, deny, measured } from '../rule.js';

export const cancelToFill = defineRule({
  key: 'cancelToFill',
  summary: 'not many more orders are cancelled than filled',
  bindsExits: false,
  judge: ({ ratio, minutes, fromCancels }, { nowMs, activity }) => {
    const sinceMs = nowMs - minutes * 60_000;
    const canceled = activity.countSince(sinceMs, 'cancel');
    const filled = activity.fillsSince(sinceMs);
    return canceled < fromCancels || canceled <= ratio * filled
      ? []
      : [
          deny(
            'CANCEL_TO_FILL',
            `${canceled} cancels and ${filled} filled orders within ${minutes} minutes are more than ${ratio} to one`,
          ),
        ];
  },
  measure: ({ ratio, minutes, fromCancels }, { nowMs, activity }) => {
    const sinceMs = nowMs - minutes * 60_000;
    const most = Math.max(fromCancels - 1, Math.floor(ratio * activity.fillsSince(sinceMs)));
    return [measured('cancels in the window', 'orders', activity.countSince(sinceMs, 'cancel'), most)];
  },
});
