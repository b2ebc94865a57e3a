// Rule: trading hours of each market. One entry that names the symbol must hold, or where none names it, one that names none; an
// entry that ends before it begins goes past midnight.
import { isWithin } from '../calendar.js';
import { defineRule, deny } from '../rule.js';

/** Whether a pattern, which may end in `*`, stands for the symbol. */
const matches = (pattern: string, symbol: string): boolean =>
  pattern.endsWith('*') ? symbol.startsWith(pattern.slice(0, -1)) : pattern === symbol;

export const hours = defineRule({
  key: 'hours',
  summary: 'orders come in the trading hours of their market only',
  bindsExits: false,
  judge: (sessions, { nowMs, orders }, { timeZone }) => {
    const symbols = new Set(orders.map(({ intent }) => intent.instrument));
    const closed = [...symbols].filter((symbol) => {
      const own = sessions.filter((each) => each.symbols?.some((pattern) => matches(pattern, symbol)));
      const applying = own.length > 0 ? own : sessions.filter((each) => each.symbols === undefined);
      return !applying.some((session) => isWithin(nowMs, { timeZone, ...session }));
    });
    return closed.map((symbol) => deny('OUTSIDE_HOURS', `no trading session of ${symbol} is open now`));
  },
});
