// Rule: the least and the most that one order may be worth. A market order with a decorative price is worth what the market says (D3).
import { formatDecimal } from '../../core/decimal.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

export const notional = defineRule({
  key: 'notional',
  summary: 'each order is worth at least and at most so much',
  bindsExits: false,
  judge: ({ min, max }, { orders }) =>
    orders.flatMap(({ intent, notional: worth }): Finding[] => {
      if (worth === undefined) return [missing(`what the order in ${intent.instrument} is worth`)];
      if (max !== undefined && worth.gt(max)) {
        return [deny('NOTIONAL_TOO_LARGE', `${formatDecimal(worth)} exceeds ${formatDecimal(max)}`)];
      }
      if (min !== undefined && worth.lt(min)) {
        return [deny('NOTIONAL_TOO_SMALL', `${formatDecimal(worth)} is below ${formatDecimal(min)}`)];
      }
      return [];
    }),
  measure: ({ min, max }, { orders }) =>
    orders.flatMap(({ intent: { instrument: symbol }, notional: worth }) => [
      ...(max === undefined ? [] : [measured('worth of the order', 'money', worth, max, { symbol })]),
      ...(min === undefined
        ? []
        : [measured('least worth of the order', 'money', worth, min, { symbol, isLeast: true })]),
    ]),
});
