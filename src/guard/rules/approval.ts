// Rule: what a human decides, and what two do. Orders of one symbol and side within the window count together, so that cutting an
// order into pieces gains nothing.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type { Facts } from '../facts.js';
import { isPackage } from '../legs.js';
import { sumNotional } from '../money.js';
import { defineRule, type Finding, measured, missing } from '../rule.js';

const defaultSplitSeconds = 300;

export const approval = defineRule({
  key: 'approval',
  summary: 'larger orders wait for one person, or for two',
  bindsExits: false,
  judge: ({ above, twoAbove, splitSeconds = defaultSplitSeconds }, facts) => {
    const together = togetherOf(facts, splitSeconds);
    if (together === undefined) return [missing('what the request is worth')];
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
  measure: ({ above, twoAbove, splitSeconds = defaultSplitSeconds }, facts) => {
    const together = togetherOf(facts, splitSeconds);
    return [
      ...(above === undefined ? [] : [measured('worth without approval', 'money', together, above)]),
      ...(twoAbove === undefined ? [] : [measured('worth with one approval', 'money', together, twoAbove)]),
    ];
  },
});

/** Worth of the request with what came before it in its symbols and sides; undefined when it is not known. */
function togetherOf({ nowMs, orders, activity }: Facts, splitSeconds: number): Decimal | undefined {
  // Of a package its legs stand for what it moves.
  const pairs = new Map(
    orders
      .filter(({ intent }) => !isPackage(intent))
      .map(({ intent: { instrument, side = '' } }) => [`${instrument} ${side}`, { instrument, side }]),
  );
  let together = sumNotional(orders);
  for (const { instrument, side } of pairs.values()) {
    together = together?.plus(activity.notionalOf(instrument, side, nowMs - splitSeconds * 1000));
  }
  return together;
}
