// Rule: one order in a symbol at a time: the next waits until the last one's outcome is final.
import { crowdedSymbols } from '../legs.js';
import { defineRule, deny } from '../rule.js';

export const singleFlight = defineRule({
  key: 'singleFlight',
  summary: 'one order in a symbol at a time',
  bindsExits: false,
  judge: (_on, { orders, open }) => {
    const crowded = crowdedSymbols(orders);
    return [
      ...new Set(
        orders.filter(({ intent }) => intent.action === 'place').map(({ intent }) => intent.instrument),
      ),
    ]
      .filter((symbol) => open.symbols.has(symbol) || crowded.has(symbol))
      .map((symbol) => deny('IN_FLIGHT', `an order in ${symbol} is open already, or another in the request`));
  },
});
