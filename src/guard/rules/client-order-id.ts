// Rule: the client names its orders, so that a lost answer can be told from a lost order.
import { defineRule, deny } from '../rule.js';

export const clientOrderId = defineRule({
  key: 'clientOrderId',
  summary: 'every order carries a client order id of its own',
  bindsExits: false,
  judge: (_on, { orders }) =>
    orders
      .filter(({ intent, isLeg }) => !isLeg && intent.clientOrderId === undefined)
      .map(({ intent }) =>
        deny('CLIENT_ORDER_ID_MISSING', `the order in ${intent.instrument} has no client order id`),
      ),
});
