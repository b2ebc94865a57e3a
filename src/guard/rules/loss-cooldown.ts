// Rule: a pause of the whole account after a loss: what was lost is not won back in a hurry.
import { unfollowed } from '../results.js';
import { defineRule, deny, missing, pauseSince } from '../rule.js';

export const lossCooldownSeconds = defineRule({
  key: 'lossCooldownSeconds',
  summary: 'after an order that closed at a loss comes a pause',
  bindsExits: false,
  judge: (seconds, facts) => {
    const cause = unfollowed(facts);
    if (cause !== undefined) return [missing(cause)];
    const { lastLossMs } = facts.activity.results;
    return lastLossMs === undefined || facts.nowMs - lastLossMs >= seconds * 1000
      ? []
      : [deny('LOSS_COOLDOWN', `the last loss was ${((facts.nowMs - lastLossMs) / 1000).toFixed(1)} s ago`)];
  },
  measure: (seconds, { nowMs, activity }) =>
    pauseSince('pause since the last loss', activity.results.lastLossMs, { nowMs, seconds }),
});
