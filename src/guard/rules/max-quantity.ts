// Rule: the most of one symbol in one order, in the order's own unit. A symbol without an entry of its own takes that of `*`.
import { formatDecimal } from '../../core/decimal.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

export const maxQuantity = defineRule({
  key: 'maxQuantity',
  summary: 'no order is larger than its symbol allows',
  bindsExits: false,
  judge: (limits, { orders }) =>
    orders.flatMap(({ intent: { instrument, quantity } }): Finding[] => {
      const limit = limits[instrument] ?? limits['*'];
      if (limit === undefined) return [];
      if (quantity === undefined || quantity.unit === 'close-all')
        return [missing(`the quantity of ${instrument}`)];
      if (quantity.unit === 'quote') {
        return [
          deny(
            'QUANTITY_UNIT',
            `${instrument}: a quantity in quote currency cannot be held to ${formatDecimal(limit)}`,
          ),
        ];
      }
      return quantity.value.lte(limit)
        ? []
        : [
            deny(
              'QUANTITY_TOO_LARGE',
              `${instrument}: ${formatDecimal(quantity.value)} exceeds ${formatDecimal(limit)}`,
            ),
          ];
    }),
  measure: (limits, { orders }) =>
    orders.flatMap(({ intent: { instrument: symbol, quantity } }) => {
      const limit = limits[symbol] ?? limits['*'];
      return limit === undefined
        ? []
        : [measured('quantity', quantity?.unit ?? 'units', quantity?.value, limit, { symbol })];
    }),
});
