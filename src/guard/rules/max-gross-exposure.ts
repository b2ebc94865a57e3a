// Rule: the most that all positions and the request together may be worth.
import { formatDecimal } from '../../core/decimal.js';
import { sumNotional } from '../money.js';
import { defineRule, deny, measured, missing } from '../rule.js';

export const maxGrossExposure = defineRule({
  key: 'maxGrossExposure',
  summary: 'all positions together are worth no more',
  bindsExits: false,
  judge: (limit, { orders, open, grossExposure }) => {
    const worth = sumNotional(orders);
    if (worth === undefined || grossExposure === undefined)
      return [missing('what positions and request are worth')];
    const total = grossExposure.plus(open.notional).plus(worth);
    return total.lte(limit)
      ? []
      : [
          deny(
            'EXPOSURE_TOO_LARGE',
            `an exposure of ${formatDecimal(total)} would exceed ${formatDecimal(limit)}`,
          ),
        ];
  },
  measure: (limit, { orders, open, grossExposure }) => {
    const total = sumNotional(orders)?.plus(open.notional);
    const exposure = total === undefined ? undefined : grossExposure?.plus(total);
    return [measured('gross exposure', 'money', exposure, limit)];
  },
});
