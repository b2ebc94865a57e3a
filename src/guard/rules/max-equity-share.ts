// Rule: the most that one order, and all of a request together, may be worth as a share of the account.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { shareOf } from '../equity.js';
import { sumNotional } from '../money.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

export const maxEquityShare = defineRule({
  key: 'maxEquityShare',
  summary: 'no request is worth more than this percentage of the account',
  bindsExits: false,
  judge: (percent, facts) => {
    let worth = decimal('0');
    for (const { intent, notional, isLeg } of facts.orders) {
      if (isLeg) continue; // it fills nothing on top of its order
      const most = shareOf(percent, intent.instrument, facts);
      if (most === undefined || notional === undefined)
        return [missing(`what the account and the order in ${intent.instrument} are worth in dollars`)];
      worth = worth.plus(notional);
      if (worth.gt(most)) return [tooLarge(formatDecimal(worth), percent, formatDecimal(most))];
    }
    return [];
  },
  measure: (percent, facts) => {
    const most = shareOf(percent, facts.orders[0]?.intent.instrument ?? '', facts);
    return most === undefined
      ? []
      : [measured('worth of the request', 'money', sumNotional(facts.orders), most)];
  },
});

function tooLarge(worth: string, percent: number, most: string): Finding {
  return deny('EQUITY_SHARE', `${worth} is more than ${percent} % of the account, ${most}`);
}
