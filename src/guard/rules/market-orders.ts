// Rule: orders that take any price, which trigger orders that become market orders do, too: refused, or held to what the book would
// give for their quantity. Of those that wait for a trigger the book as it is now is all that can be known.
import { decimal, formatDecimal } from '../../core/decimal.js';
import type { OrderType } from '../../core/order.js';
import { distanceBps, midOf, take } from '../book.js';
import type { Facts, Level, OrderFacts } from '../facts.js';
import { defineRule, deny, type Finding, missing } from '../rule.js';

const anyPrice: ReadonlySet<OrderType | undefined> = new Set([
  'market',
  'stop',
  'take-profit',
  'trailing-stop',
  'twap',
  'other',
]);

export const marketOrders = defineRule({
  key: 'marketOrders',
  summary: 'orders at any price are refused, or held to what the book would give them',
  bindsExits: false,
  judge: (policy, facts, { referenceMaxAgeSeconds }) => {
    const taking = facts.orders.filter(({ intent }) => anyPrice.has(intent.type));
    if (policy === 'allow') return [];
    if (policy === 'deny')
      return taking.map(({ intent }) => deny('MARKET_ORDER', `a ${intent.type} order takes any price`));
    return judgeSlippage(taking, policy.maxSlippageBps, referenceMaxAgeSeconds * 1000);
  },
});

function judgeSlippage(orders: Facts['orders'], maxBps: number, maxAgeMs: number): Finding[] {
  /** What the orders of this request before left of each side. */
  const left = new Map<string, readonly Level[]>();
  return orders.flatMap((order): Finding[] => {
    const { instrument } = order.intent;
    const wanted = wantedOf(order);
    const { book } = order;
    const mid = book === undefined ? undefined : midOf(book);
    if (wanted === undefined) return [missing(`how much of ${instrument} is taken from the book`)];
    if (book === undefined || mid === undefined || book.ageMs > maxAgeMs)
      return [missing(`the order book of ${instrument}`)];
    const key = `${instrument} ${wanted.side}`;
    const levels = left.get(key) ?? (wanted.side === 'buy' ? book.asks : book.bids);
    const { average, rest } = take(levels, wanted.amount, wanted.isQuote);
    left.set(key, rest);
    if (average === undefined)
      return [
        deny('BOOK_TOO_THIN', `the book of ${instrument} does not hold ${formatDecimal(wanted.amount)}`),
      ];
    const slippage = distanceBps(average, mid);
    if (slippage.lte(decimal(maxBps.toFixed(9)))) return [];
    const message = `${instrument}: the book would give ${formatDecimal(average.round(12))}, ${formatDecimal(slippage.round(2))} bps from the middle at ${formatDecimal(mid)}, more than ${maxBps}`;
    return [deny('SLIPPAGE_TOO_LARGE', message)];
  });
}

function wantedOf({ intent: { side, quantity }, position }: OrderFacts) {
  if (quantity === undefined) return undefined;
  if (quantity.unit !== 'close-all')
    return side === undefined
      ? undefined
      : { side, amount: quantity.value, isQuote: quantity.unit === 'quote' };
  if (position === undefined) return undefined;
  const closing = position.lt('0') ? 'buy' : 'sell';
  return { side: closing, amount: position.abs(), isQuote: false } as const;
}
