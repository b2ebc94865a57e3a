// Rule: the most that orders at the venue may be worth before they are filled, this request included.
import { formatDecimal } from '../../core/decimal.js';
import { sumNotional } from '../money.js';
import { defineRule, deny, measured, missing } from '../rule.js';

export const maxOpenNotional = defineRule({
  key: 'maxOpenNotional',
  summary: 'unexecuted orders together are worth no more',
  bindsExits: false,
  judge: (limit, { orders, open }) => {
    const worth = sumNotional(orders);
    if (worth === undefined) return [missing('what the request is worth')];
    const total = open.notional.plus(worth);
    return total.lte(limit)
      ? []
      : [
          deny(
            'OPEN_NOTIONAL_TOO_LARGE',
            `${formatDecimal(total)} unexecuted would exceed ${formatDecimal(limit)}`,
          ),
        ];
  },
  measure: (limit, { orders, open }) => [
    measured('unexecuted orders', 'money', sumNotional(orders)?.plus(open.notional), limit),
  ],
});
