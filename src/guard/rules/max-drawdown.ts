// Rule: an account that lost so many percent of the most it was worth only exits; a human looks and resumes it, and the peak begins anew.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { defineRule, deny, exactLimit, measured, missing } from '../rule.js';

const hundred = decimal('100');

export const maxDrawdown = defineRule({
  key: 'maxDrawdown',
  summary: 'after a fall from the most the account was worth only exits pass, until a human resumes it',
  bindsExits: false,
  halts: true,
  judge: (percent, { equity, activity }) => {
    const { peak } = activity.equity;
    if (equity === undefined || peak === undefined) return [missing('what the account is and was worth')];
    if (equity.gte(peak)) return [];
    const isWithin = peak
      .minus(equity)
      .times(hundred)
      .lt(peak.times(exactLimit(percent)));
    if (isWithin) return [];
    const message = `worth ${formatDecimal(equity)}, the account lost ${percent} % or more of ${formatDecimal(peak)}`;
    return [{ ...deny('DRAWDOWN', message), halts: true }];
  },
  measure: (percent, { equity, activity: { equity: marks } }) => {
    const { peak } = marks;
    const fall =
      equity === undefined || !peak?.gt('0') ? undefined : peak.minus(equity).times(hundred).div(peak);
    return [measured('fall from the peak', '%', fall?.round(6, 3), percent)];
  },
});
