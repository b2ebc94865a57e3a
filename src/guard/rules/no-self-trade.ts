// Rule: an order never meets another one of the same account: venues call that wash trading. One without a limit price may meet any;
// what waits for a trigger is not in the book, and a post-only order takes nothing.
import { formatDecimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import { defineRule, deny, type Finding, missing } from '../rule.js';

type Quoted = Pick<OrderIntent, 'instrument' | 'side' | 'type' | 'price'>;

const triggered: ReadonlySet<string> = new Set([
  'stop',
  'stop-limit',
  'take-profit',
  'take-profit-limit',
  'trailing-stop',
]);

export const noSelfTrade = defineRule({
  key: 'noSelfTrade',
  summary: "an order never meets the account's own order on the other side",
  bindsExits: false,
  judge: (_on, { orders, open }) => {
    // Of two alternatives either may be met.
    const entering = orders.filter(
      ({ intent, isLeg }) => (!isLeg || intent.isAlternative === true) && !isTriggered(intent),
    );
    return entering.flatMap(({ intent }, index): Finding[] => {
      if (intent.timeInForce === 'post-only') return [];
      const { instrument } = intent;
      const resting = open.orders(intent.side);
      const mayMeet = (each: Quoted): boolean =>
        !isTriggered(each) && (each.instrument === instrument || each.instrument === '');
      const before = entering.slice(0, index).map((each) => each.intent);
      const others = [...resting.filter(mayMeet), ...before.filter(mayMeet)];
      if (others.length === 0) return [];
      if (intent.side === undefined || others.some(({ side }) => side === undefined))
        return [missing(`the side of an order in ${instrument}`)];
      const met = others.find((each) => each.side !== intent.side && canMeet(intent, each));
      if (met === undefined) return [];
      const at = limitOf(met);
      const price = at === undefined ? '' : ` at ${formatDecimal(at)}`;
      return [
        deny('SELF_TRADE', `it could meet the account's own order to ${met.side} ${instrument}${price}`),
      ];
    });
  },
});

function canMeet(one: Quoted, other: Quoted): boolean {
  const [buys, sells] = one.side === 'buy' ? [one, other] : [other, one];
  const [highest, lowest] = [limitOf(buys), limitOf(sells)];
  return highest === undefined || lowest === undefined || highest.gte(lowest);
}

/** A market order's price, where one is written, bounds nothing (D3). */
function limitOf({ type, price }: Quoted) {
  return type === 'limit' ? price : undefined;
}

function isTriggered({ type }: Quoted): boolean {
  return type !== undefined && triggered.has(type);
}
