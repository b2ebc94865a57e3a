// Rule: the most that long positions may outweigh short ones, or the reverse, with all that rests and the request. A request is held to
// the side that it adds to: what balances an account passes.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import { sumNotional } from '../money.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

const zero = decimal('0');

export const maxNetExposure = defineRule({
  key: 'maxNetExposure',
  summary: 'long and short do not outweigh each other by more',
  bindsExits: false,
  judge: (limit, { orders, open, netExposure }) => {
    if (netExposure === undefined) return [missing('what positions are worth')];
    if (orders.some(({ intent }) => intent.side === undefined)) return [missing('the side of an order')];
    return (['buy', 'sell'] as const).flatMap((side: OrderSide): Finding[] => {
      const own = orders.filter(({ intent, isLeg }) => !isLeg && intent.side === side);
      const worth = sumNotional(own);
      if (own.length === 0) return [];
      if (worth === undefined) return [missing('what the request is worth')];
      const total = netOf(side, netExposure).plus(open.worthOf(side)).plus(worth);
      if (total.lte(limit)) return [];
      const name = side === 'buy' ? 'long' : 'short';
      const message = `a net exposure of ${formatDecimal(total)} ${name} would exceed ${formatDecimal(limit)}`;
      return [deny('NET_EXPOSURE_TOO_LARGE', message)];
    });
  },
  measure: (limit, { orders, open, netExposure }) =>
    (['buy', 'sell'] as const).flatMap((side) => {
      const own = orders.filter(({ intent, isLeg }) => !isLeg && intent.side === side);
      if (own.length === 0) return [];
      const worth = sumNotional(own)?.plus(open.worthOf(side));
      const total = netExposure && worth?.plus(netOf(side, netExposure));
      return [measured(`net exposure ${side === 'buy' ? 'long' : 'short'}`, 'money', total, limit)];
    }),
});

const netOf = (side: OrderSide, net: Decimal): Decimal => (side === 'buy' ? net : zero.minus(net));
