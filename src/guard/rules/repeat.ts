// Rule: so many requests in the window are a strategy gone wild: the account halts until a human resumes it. 1,138 trades in 45 minutes
// once cost $8,000.
import { defineRule, type Finding, measured } from '../rule.js';

export const repeat = defineRule({
  key: 'repeat',
  summary: 'a burst of requests halts the account until a human resumes it',
  bindsExits: false,
  judge: ({ orders, minutes }, { nowMs, activity }): readonly Finding[] =>
    activity.countSince(Math.max(nowMs - minutes * 60_000, activity.rearmedMs), 'place') < orders
      ? []
      : [
          {
            outcome: 'deny',
            code: 'REPEAT_THROTTLE',
            message: `${orders} order requests within ${minutes} minutes: the account halts`,
            halts: true,
          },
        ],
  measure: ({ orders, minutes }, { nowMs, activity }) => {
    const count = activity.countSince(Math.max(nowMs - minutes * 60_000, activity.rearmedMs), 'place');
    return [measured('requests in the window', 'requests', count + 1, orders)];
  },
});
