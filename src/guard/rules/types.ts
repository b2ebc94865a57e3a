// Rule: only these order types, attached legs included.
import { defineRule, deny } from '../rule.js';

export const types = defineRule({
  key: 'types',
  summary: 'only these order types are used',
  bindsExits: false,
  judge: (allowed, { orders }) =>
    orders
      .filter(({ intent }) => intent.type === undefined || !allowed.includes(intent.type))
      .map(({ intent }) =>
        deny('TYPE_NOT_ALLOWED', `the order type ${intent.type ?? '(none)'} is not allowed`),
      ),
});
