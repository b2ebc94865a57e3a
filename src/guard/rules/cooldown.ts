// Rule: a pause between orders in one symbol.
import { defineRule, deny, pauseSince } from '../rule.js';

export const cooldownSeconds = defineRule({
  key: 'cooldownSeconds',
  summary: 'orders in one symbol keep a pause',
  bindsExits: false,
  judge: (seconds, { nowMs, orders, activity }) =>
    [...new Set(orders.map(({ intent }) => intent.instrument))].flatMap((symbol) => {
      const last = activity.lastOf(symbol);
      return last === undefined || nowMs - last >= seconds * 1000
        ? []
        : [deny('COOLDOWN', `the last order in ${symbol} was ${((nowMs - last) / 1000).toFixed(1)} s ago`)];
    }),
  measure: (seconds, { nowMs, orders, activity }) =>
    [...new Set(orders.map(({ intent }) => intent.instrument))].flatMap((symbol) =>
      pauseSince('pause since the last order', activity.lastOf(symbol), { nowMs, seconds, symbol }),
    ),
});
