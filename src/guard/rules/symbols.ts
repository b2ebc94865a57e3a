// Rule: only these symbols, never those. A request that names no symbol is not one of them.
import { defineRule, deny, type Finding } from '../rule.js';

export const symbols = defineRule({
  key: 'symbols',
  summary: 'only allowed symbols are traded, denied ones never',
  bindsExits: false,
  judge: ({ allow, deny: denied = [] }, { orders }) =>
    orders.flatMap(({ intent: { instrument } }): Finding[] => {
      if (denied.includes(instrument)) return [deny('SYMBOL_DENIED', `${instrument} is a denied symbol`)];
      if (allow === undefined || allow.includes(instrument)) return [];
      return [
        deny('SYMBOL_NOT_ALLOWED', `${instrument || 'an order without a symbol'} is not an allowed symbol`),
      ];
    }),
});
