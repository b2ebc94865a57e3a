// Rule: no new order in a symbol whose price moved so far within the window, as the venue's own trades tell; exits pass. It ends by
// itself when the window has passed.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { compareBps, distanceBps } from '../book.js';
import { defineRule, deny, exactLimit, type Finding, measured, missing } from '../rule.js';

export const volatilityHalt = defineRule({
  key: 'volatilityHalt',
  summary: 'no new order in a symbol whose price just moved far',
  bindsExits: false,
  judge: ({ moveBps, minutes }, { orders }, { referenceMaxAgeSeconds }) => {
    const bySymbol = new Map(orders.map((order) => [order.intent.instrument, order]));
    return [...bySymbol].flatMap(([symbol, { range, reference }]): Finding[] => {
      const isFresh = reference !== undefined && reference.ageMs <= referenceMaxAgeSeconds * 1000;
      if (range === undefined || !isFresh) return [missing(`how far the price of ${symbol} moved`)];
      const { low, high } = spanOf(range, reference.last);
      if (compareBps(high, low, exactLimit(moveBps)) < 0) return [];
      const move = distanceBps(high, low);
      const from = `from ${formatDecimal(low)} to ${formatDecimal(high)}`;
      const message = `${symbol} moved ${formatDecimal(move.round(2))} bps within ${minutes} minutes, ${from}`;
      return [deny('VOLATILITY_HALT', message)];
    });
  },
  measure: ({ moveBps }, { orders }) =>
    orders.map(({ intent: { instrument: symbol }, range, reference }) => {
      const span = range === undefined || reference === undefined ? undefined : spanOf(range, reference.last);
      const move = span && distanceBps(span.high, span.low);
      return measured('move of the price', 'bps', move, moveBps, { symbol });
    }),
});

/** The lowest and the highest, the last price included. */
function spanOf(range: { low: Decimal; high: Decimal }, last: Decimal) {
  const low = last.lt(range.low) ? last : range.low;
  const high = last.gt(range.high) ? last : range.high;
  return { low, high };
}
