// Rule: orders that take any price. Trigger orders that become market orders are such orders.
import type { OrderType } from '../../core/order.js';
import { defineRule, deny } from '../rule.js';

const anyPrice: ReadonlySet<OrderType | undefined> = new Set([
  'market',
  'stop',
  'take-profit',
  'trailing-stop',
  'twap',
  'other',
]);

export const marketOrders = defineRule({
  key: 'marketOrders',
  summary: 'orders at any price are refused when set to deny',
  bindsExits: false,
  judge: (policy, { orders }) =>
    policy === 'allow'
      ? []
      : orders
          .filter(({ intent }) => anyPrice.has(intent.type))
          .map(({ intent }) => deny('MARKET_ORDER', `a ${intent.type} order takes any price`)),
});
