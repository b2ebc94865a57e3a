// Rule: an order against a position may close it, never turn it round. A close order once opened a short.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { countsPosition } from '../../core/order.js';
import { defineRule, deny, type Finding, missing } from '../rule.js';

const zero = decimal('0');

export const noReversal = defineRule({
  key: 'noReversal',
  summary: 'an order never turns a position round',
  bindsExits: true,
  judge: (_on, { orders }) =>
    orders.flatMap(({ intent, position, pending, isLeg }): Finding[] => {
      const { side, quantity, instrument } = intent;
      // Spot holdings cannot go below zero; only a position can turn round.
      if (isLeg || quantity === undefined || !countsPosition(intent)) return [];
      if (position === undefined) return [missing(`the position in ${instrument}`)];
      const isAgainst = side === 'buy' ? position.lt(zero) : position.gt(zero);
      const all = quantity.value.plus(pending);
      if (!isAgainst || all.lte(position.abs())) return [];
      return [
        deny(
          'POSITION_REVERSAL',
          `${side} ${formatDecimal(all)} in all would turn the position ${formatDecimal(position)} in ${instrument} round`,
        ),
      ];
    }),
});
