// Rule: the most leverage. An order that names its own is held to that, and every order in contracts to what leverage comes to: all
// positions, what is on its way and the order, by what the account is worth; what the venue has the account set to opens nothing alone.
import { type Decimal, decimal, formatDecimal, quotient } from '../../core/decimal.js';
import { makesPosition } from '../../core/order.js';
import { shareOf } from '../equity.js';
import type { Facts } from '../facts.js';
import { sumNotional } from '../money.js';
import { defineRule, deny, measured, missing } from '../rule.js';

const zero = decimal('0');

export const maxLeverage = defineRule({
  key: 'maxLeverage',
  summary: 'no order asks for more leverage, and positions in contracts come to no more',
  bindsExits: false,
  judge: (limit, facts) => {
    const named = facts.orders.flatMap(({ intent: { leverage } }) =>
      leverage === undefined || leverage.lte(limit)
        ? []
        : [deny('LEVERAGE_TOO_HIGH', `leverage ${formatDecimal(leverage)} exceeds ${formatDecimal(limit)}`)],
    );
    if (named.length > 0 || !opensContracts(facts)) return named;
    const leverage = leverageAfter(facts);
    if (leverage === undefined) return [missing('what positions, the request and the account are worth')];
    return leverage.lte(limit)
      ? []
      : [
          deny(
            'LEVERAGE_TOO_HIGH',
            `positions would come to ${formatDecimal(leverage)} times the account, more than ${formatDecimal(limit)}`,
          ),
        ];
  },
  measure: (limit, facts) => [
    ...facts.orders.flatMap(({ intent: { leverage, instrument: symbol } }) =>
      leverage === undefined ? [] : [measured('leverage', 'times', leverage, limit, { symbol })],
    ),
    ...(opensContracts(facts) ? [measured('leverage of all', 'times', leverageAfter(facts), limit)] : []),
  ],
});

function opensContracts({ orders }: Facts): boolean {
  return orders.some(({ intent, isLeg }) => !isLeg && makesPosition(intent));
}

/** All that is held, on its way and asked for, by the worth of the account; undefined where one of them is not known. */
function leverageAfter(facts: Facts): Decimal | undefined {
  const worth = sumNotional(facts.orders);
  const account = shareOf(100, facts.orders[0]?.intent.instrument ?? '', facts);
  if (worth === undefined || facts.grossExposure === undefined || account === undefined || !account.gt(zero))
    return undefined;
  return quotient(facts.grossExposure.plus(facts.open.notional).plus(worth), account);
}
