// Rule: no order against the last one in the same symbol within the window: bought and sold to and fro, only fees are made. Attached
// legs are no ping-pong, nor is what can only make a known position smaller.
import { defineRule, deny, type Finding, missing, pauseSince } from '../rule.js';

export const pingPongSeconds = defineRule({
  key: 'pingPongSeconds',
  summary: 'buying and selling in one symbol keep a pause',
  bindsExits: false,
  judge: (seconds, { nowMs, orders, activity }) => {
    const placed = orders.filter(({ intent, isLeg }) => !isLeg && intent.action === 'place');
    return placed.flatMap(({ intent: { instrument, side } }, index): Finding[] => {
      if (side === undefined) return [missing(`the side of an order in ${instrument}`)];
      const other = side === 'buy' ? 'sell' : 'buy';
      const isWithin = placed
        .slice(0, index)
        .some(({ intent }) => intent.instrument === instrument && intent.side === other);
      if (isWithin) return [deny('PING_PONG', `the request buys and sells ${instrument}`)];
      const last = activity.lastOn(instrument, other);
      return last === undefined || nowMs - last >= seconds * 1000
        ? []
        : [
            deny(
              'PING_PONG',
              `an order to ${other} ${instrument} came ${((nowMs - last) / 1000).toFixed(1)} s ago`,
            ),
          ];
    });
  },
  measure: (seconds, { nowMs, orders, activity }) =>
    orders.flatMap(({ intent: { instrument: symbol, side }, isLeg }) => {
      if (isLeg || side === undefined) return [];
      const last = activity.lastOn(symbol, side === 'buy' ? 'sell' : 'buy');
      return pauseSince('pause since the other side', last, { nowMs, seconds, symbol });
    }),
});
