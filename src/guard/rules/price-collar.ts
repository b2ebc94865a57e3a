// Rule: every price an order names lies near the market. Exits too: a fat finger hurts there most.
import { formatDecimal } from '../../core/decimal.js';
import { compareBps, distanceBps } from '../book.js';
import { defineRule, deny, exactLimit, type Finding, measured, missing } from '../rule.js';

export const priceCollarBps = defineRule({
  key: 'priceCollarBps',
  summary: 'limit, trigger and attached prices stay near the market',
  bindsExits: true,
  judge: (bps, { orders }, { referenceMaxAgeSeconds }) => {
    const widest = exactLimit(bps);
    return orders.flatMap(({ intent, reference }): Finding[] => {
      const prices = [intent.price, intent.trigger].filter((price) => price !== undefined);
      if (prices.length === 0) return [];
      if (reference === undefined || reference.ageMs > referenceMaxAgeSeconds * 1000) {
        return [missing(`a fresh market price of ${intent.instrument}`)];
      }
      return prices
        .filter((price) => compareBps(price, reference.last, widest) > 0)
        .map((price) =>
          deny(
            'PRICE_OFF_MARKET',
            `${intent.instrument}: ${formatDecimal(price)} is more than ${bps} bps away from ${formatDecimal(reference.last)}`,
          ),
        );
    });
  },
  measure: (bps, { orders }) =>
    orders.flatMap(({ intent: { instrument: symbol, price, trigger }, reference }) =>
      [price, trigger].flatMap((each) => {
        if (each === undefined) return [];
        const away = reference === undefined ? undefined : distanceBps(each, reference.last);
        return [measured('distance from the market', 'bps', away, bps, { symbol })];
      }),
    ),
});
