// Rule: the client names its orders, so that a lost answer can be told from a lost order.
import type { OrderIntent } from '../../core/order.js';
import type { OrderFacts } from '../facts.js';
import { hangs } from '../legs.js';
import { defineRule, deny } from '../rule.js';

export const clientOrderId = defineRule({
  key: 'clientOrderId',
  summary: 'every order carries a client order id of its own',
  bindsExits: false,
  judge: (_on, { orders }) =>
    orders
      .filter(
        ({ intent, isLeg }) => (!isLeg || isAskedFor(intent, orders)) && intent.clientOrderId === undefined,
      )
      .map(({ intent }) =>
        deny('CLIENT_ORDER_ID_MISSING', `the order in ${intent.instrument} has no client order id`),
      ),
});

/** A part of the request that the venue numbers by itself, though it hangs on another: no leg of it. */
function isAskedFor(intent: OrderIntent, orders: readonly OrderFacts[]): boolean {
  return hangs(intent) && !orders.some((order) => order.intent.legs?.includes(intent));
}
