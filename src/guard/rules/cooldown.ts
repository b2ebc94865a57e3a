// Rule: a pause between orders in one symbol.
import { crowdedSymbols } from '../legs.js';
import { defineRule, deny, pauseSince } from '../rule.js';

export const cooldownSeconds = defineRule({
  key: 'cooldownSeconds',
  summary: 'orders in one symbol keep a pause',
  bindsExits: false,
  judge: (seconds, { nowMs, orders, activity }) => {
    const crowded = crowdedSymbols(orders);
    return [...new Set(orders.map(({ intent }) => intent.instrument))].flatMap((symbol) => {
      if (crowded.has(symbol)) return [deny('COOLDOWN', `the request places several orders in ${symbol}`)];
      const last = activity.lastOf(symbol);
      return last === undefined || nowMs - last >= seconds * 1000
        ? []
        : [deny('COOLDOWN', `the last order in ${symbol} was ${((nowMs - last) / 1000).toFixed(1)} s ago`)];
    });
  },
  measure: (seconds, { nowMs, orders, activity }) =>
    [...new Set(orders.map(({ intent }) => intent.instrument))].flatMap((symbol) =>
      pauseSince('pause since the last order', activity.lastOf(symbol), { nowMs, seconds, symbol }),
    ),
});
