// Rule: a pause in a symbol after something of a position there was closed: no revenge, no flip.
import { unfollowed } from '../results.js';
import { defineRule, deny, type Finding, missing, pauseSince } from '../rule.js';

export const closeCooldownSeconds = defineRule({
  key: 'closeCooldownSeconds',
  summary: 'after a close in a symbol comes a pause there',
  bindsExits: false,
  judge: (seconds, facts) => {
    const cause = unfollowed(facts);
    if (cause !== undefined) return [missing(cause)];
    const symbols = new Set(facts.orders.map(({ intent }) => intent.instrument));
    return [...symbols].flatMap((symbol): Finding[] => {
      const closedMs = facts.activity.results.lastCloseOf(symbol);
      return closedMs === undefined || facts.nowMs - closedMs >= seconds * 1000
        ? []
        : [
            deny(
              'CLOSE_COOLDOWN',
              `the last close in ${symbol} was ${((facts.nowMs - closedMs) / 1000).toFixed(1)} s ago`,
            ),
          ];
    });
  },
  measure: (seconds, { nowMs, orders, activity }) =>
    [...new Set(orders.map(({ intent }) => intent.instrument))].flatMap((symbol) =>
      pauseSince('pause since the last close', activity.results.lastCloseOf(symbol), {
        nowMs,
        seconds,
        symbol,
      }),
    ),
});
