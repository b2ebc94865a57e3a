// Rule: what a human decides, and what two do. Orders of one symbol and side within the window count together, so that cutting an
// order into pieces gains nothing.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { sumNotional } from '../money.js';
import { defineRule, type Finding, missing } from '../rule.js';

export const approval = defineRule({
  key: 'approval',
  summary: 'larger orders wait for one person, or for two',
  bindsExits: false,
  judge: ({ above, twoAbove, splitSeconds = 300 }, { nowMs, orders, activity }) => {
    const worth = sumNotional(orders);
    if (worth === undefined) return [missing('what the request is worth')];
    const pairs = new Map(
      orders.map(({ intent: { instrument, side = '' } }) => [`${instrument} ${side}`, { instrument, side }]),
    );
    let together: Decimal = worth;
    for (const { instrument, side } of pairs.values()) {
      together = together.plus(activity.notionalOf(instrument, side, nowMs - splitSeconds * 1000));
    }
    const held = (approvers: number, limit: Decimal): Finding[] => [
      {
        outcome: 'hold',
        code: approvers === 2 ? 'TWO_APPROVALS' : 'APPROVAL',
        message: `${formatDecimal(together)} within ${splitSeconds} s is above ${formatDecimal(limit)}`,
        approvers,
      },
    ];
    if (twoAbove !== undefined && together.gt(twoAbove)) return held(2, twoAbove);
    if (above !== undefined && together.gt(above)) return held(1, above);
    return [];
  },
});
