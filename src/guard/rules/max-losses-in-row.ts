// Rule: after so many losses in a row only exits pass; a human looks at the strategy and resumes it.
import { unfollowed } from '../results.js';
import { defineRule, deny, measured, missing } from '../rule.js';

export const maxLossesInRow = defineRule({
  key: 'maxLossesInRow',
  summary: 'after losses in a row only exits pass, until a human resumes the account',
  bindsExits: false,
  halts: true,
  judge: (limit, facts) => {
    const losses = facts.activity.results.lossesInRow();
    if (losses >= limit) {
      return [{ ...deny('LOSSES_IN_ROW', `${losses} orders in a row closed at a loss`), halts: true }];
    }
    const cause = unfollowed(facts);
    return cause === undefined ? [] : [missing(cause)];
  },
  // The limit itself is reached.
  measure: (limit, { activity }) => [
    measured('losses in a row', 'orders', activity.results.lossesInRow(), limit - 1),
  ],
});
