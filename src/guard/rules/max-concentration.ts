// Rule: the most that the position in one symbol may be worth as a share of the account. Where a venue does not tell what
// a spot account holds, a purchase there is denied.
import { formatDecimal } from '../../core/decimal.js';
import { shareOf } from '../equity.js';
import { projectedWorth } from '../money.js';
import { defineRule, deny, type Finding, missing } from '../rule.js';

export const maxConcentration = defineRule({
  key: 'maxConcentration',
  summary: 'no position grows beyond this percentage of the account',
  bindsExits: false,
  judge: (percent, facts) =>
    facts.orders.flatMap((order): Finding[] => {
      const { intent, isLeg } = order;
      const isSale = intent.side === 'sell' && intent.quantity?.unit === 'base';
      if (isLeg || isSale) return [];
      const isCounted = intent.quantity?.unit === 'contracts' || order.spot !== undefined;
      const worth = isCounted ? projectedWorth(order) : undefined;
      const most = shareOf(percent, intent.instrument, facts);
      if (worth === undefined || most === undefined)
        return [missing(`the share of the account that ${intent.instrument} would be`)];
      return worth.lte(most)
        ? []
        : [
            deny(
              'CONCENTRATION',
              `the position in ${intent.instrument} would be worth ${formatDecimal(worth)}, more than ${percent} % of the account`,
            ),
          ];
    }),
});
