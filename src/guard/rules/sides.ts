// Rule: only these sides. An order that names none, such as an amendment whose original is not known, is denied.
import { defineRule, deny } from '../rule.js';

export const sides = defineRule({
  key: 'sides',
  summary: 'only these sides are taken',
  bindsExits: false,
  judge: (allowed, { orders }) =>
    orders
      .filter(({ intent }) => intent.side === undefined || !allowed.includes(intent.side))
      .map(({ intent }) => deny('SIDE_NOT_ALLOWED', `the side ${intent.side ?? '(none)'} is not allowed`)),
});
