// Rule: orders rest, they never take.
import { defineRule, deny } from '../rule.js';

export const postOnly = defineRule({
  key: 'postOnly',
  summary: 'only orders that rest in the book',
  bindsExits: false,
  judge: (_on, { orders }) =>
    orders
      .filter(({ intent }) => intent.timeInForce !== 'post-only')
      .map(({ intent }) => deny('NOT_POST_ONLY', `the order in ${intent.instrument} is not post-only`)),
});
