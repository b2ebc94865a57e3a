// Rule: on spot, no sale of more than the account holds and no purchase for more than is free: no margin, no borrowed coins, no order
// that the venue cuts to what is there. What is on its way counts, sales and purchases, of the same request and of others. An amendment
// is held against all that is there, since its own order locks a part of it.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { makesPosition } from '../../core/order.js';
import type { OrderFacts } from '../facts.js';
import { baseOf } from '../money.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

const zero = decimal('0');

export const spotBalance = defineRule({
  key: 'spotBalance',
  summary: 'on spot nothing is sold that is not held, nothing bought for more than is free',
  bindsExits: true,
  judge: (_on, { orders }) => {
    /** What earlier orders of the request spend, by currency. */
    const spent = new Map<string, Decimal>();
    return orders.flatMap((order): Finding[] => {
      const { intent, isLeg, spot } = order;
      const { side, quantity, instrument, action } = intent;
      if (isLeg || quantity === undefined || makesPosition(intent)) return [];
      if (side === 'sell') return judgeSale(order);
      const { cash, cost, quote = '' } = spot ?? {};
      if (side === undefined || cash === undefined || cost === undefined)
        return [missing(`what is free to buy ${instrument}`)];
      // Of an amendment the venue locks what it costs more; all of it would count twice.
      if (action === 'amend') return [];
      const all = (spent.get(quote) ?? zero).plus(cost);
      spent.set(quote, all);
      if (all.lte(cash)) return [];
      return [
        deny(
          'BALANCE_TOO_SMALL',
          `${formatDecimal(all.round(8, 3))} ${quote} for ${instrument} is more than the ${formatDecimal(cash)} that are free, orders on their way counted`,
        ),
      ];
    });
  },
  measure: (_on, { orders }) => {
    const spent = new Map<string, Decimal>();
    return orders.flatMap((order) => {
      const { intent, isLeg, spot } = order;
      const { instrument: symbol, side, action } = intent;
      if (isLeg || spot === undefined) return [];
      if (side === 'sell') {
        const sale = saleOf(order);
        return sale === undefined ? [] : [measured('sold', 'base', sale.amount, sale.most, { symbol })];
      }
      const { quote, cash, cost } = spot;
      if (action === 'amend' || cash === undefined || cost === undefined) return [];
      const all = (spent.get(quote) ?? zero).plus(cost);
      spent.set(quote, all);
      return [measured('paid at most', quote, all, cash, { symbol })];
    });
  },
});

function judgeSale(order: OrderFacts): Finding[] {
  const { instrument } = order.intent;
  const sale = saleOf(order);
  if (sale === undefined) return [missing(`what is held of ${instrument}`)];
  const { amount, most } = sale;
  if (amount.lte(most)) return [];
  const left = formatDecimal(most.lt(zero) ? zero : most);
  return [
    deny(
      'BALANCE_TOO_SMALL',
      `a sale of ${formatDecimal(amount.round(8, 3))} in ${instrument} is more than the ${left} left`,
    ),
  ];
}

/** What is sold, and how much of it there is, in base currency; undefined when one of them is not known. */
function saleOf({
  intent,
  spot,
  pending,
  reference,
}: OrderFacts): { amount: Decimal; most: Decimal } | undefined {
  const { quantity, action } = intent;
  const amount = quantity?.unit === 'base' ? quantity.value : baseOf(quantity?.value, reference);
  if (spot?.held === undefined || spot.free === undefined || amount === undefined) return undefined;
  const { held, free } = spot;
  // What rests in the symbol is locked; the venue may not have done so yet.
  const rest = quantity?.unit === 'base' ? held.minus(pending) : free;
  return { amount, most: action === 'amend' ? held : rest.lt(free) ? rest : free };
}
