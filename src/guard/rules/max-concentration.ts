// Rule: the most that the position in one symbol may be worth as a share of the account. Where a venue does not tell what
// a spot account holds, a purchase there is denied.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { countsPosition, makesPosition } from '../../core/order.js';
import { shareOf } from '../equity.js';
import type { OrderFacts } from '../facts.js';
import { projectedWorth } from '../money.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

export const maxConcentration = defineRule({
  key: 'maxConcentration',
  summary: 'no position grows beyond this percentage of the account',
  bindsExits: false,
  judge: (percent, facts) =>
    facts.orders.flatMap((order): Finding[] => {
      const { intent } = order;
      if (!grows(order)) return [];
      const worth = worthAfter(order);
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
  measure: (percent, facts) =>
    facts.orders.filter(grows).flatMap((order) => {
      const { instrument: symbol } = order.intent;
      const most = shareOf(percent, symbol, facts);
      return most === undefined
        ? []
        : [measured('worth of the position', 'money', worthAfter(order), most, { symbol })];
    }),
});

function grows({ intent, isLeg }: OrderFacts): boolean {
  return !isLeg && (makesPosition(intent) || !(intent.side === 'sell' && intent.quantity?.unit === 'base'));
}

function worthAfter(order: OrderFacts): Decimal | undefined {
  const isCounted = countsPosition(order.intent) || order.spot !== undefined;
  return isCounted ? projectedWorth(order) : undefined;
}
