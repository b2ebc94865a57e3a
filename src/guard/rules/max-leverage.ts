// Rule: the most leverage an order may ask for. An order that asks for none has what the account is set to, which no agent can change.
import { formatDecimal } from '../../core/decimal.js';
import { defineRule, deny, measured } from '../rule.js';

export const maxLeverage = defineRule({
  key: 'maxLeverage',
  summary: 'no order asks for more leverage',
  bindsExits: false,
  judge: (limit, { orders }) =>
    orders.flatMap(({ intent: { leverage } }) =>
      leverage === undefined || leverage.lte(limit)
        ? []
        : [deny('LEVERAGE_TOO_HIGH', `leverage ${formatDecimal(leverage)} exceeds ${formatDecimal(limit)}`)],
    ),
  measure: (limit, { orders }) =>
    orders.flatMap(({ intent: { leverage, instrument: symbol } }) =>
      leverage === undefined ? [] : [measured('leverage', 'times', leverage, limit, { symbol })],
    ),
});
