// Rule: one order in a symbol at a time: the next waits until the last one's outcome is final.
import { defineRule, deny } from '../rule.js';

export const singleFlight = defineRule({
  key: 'singleFlight',
  summary: 'one order in a symbol at a time',
  bindsExits: false,
  judge: (_on, { orders, open }) =>
    [
      ...new Set(
        orders.filter(({ intent }) => intent.action === 'place').map(({ intent }) => intent.instrument),
      ),
    ]
      .filter((symbol) => open.symbols.has(symbol))
      .map((symbol) => deny('IN_FLIGHT', `an order in ${symbol} is open already`)),
});
