// Rule: nothing but exits: orders that can only make a known position smaller.
import { defineRule, deny } from '../rule.js';

export const reduceOnly = defineRule({
  key: 'reduceOnly',
  summary: 'only orders that make a position smaller',
  bindsExits: false,
  judge: (_on, { orders }) =>
    orders
      .filter(({ isReducing }) => !isReducing)
      .map(({ intent }) =>
        deny('NOT_REDUCING', `the order in ${intent.instrument} does not only reduce a known position`),
      ),
});
