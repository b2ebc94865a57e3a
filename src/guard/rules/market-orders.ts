// Rule: orders that take any price, which trigger orders that become market orders do, too: refused, or held to what the book would
// give for their quantity. Of those that wait for a trigger the book as it is now is all that can be known.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type { OrderType } from '../../core/order.js';
import { distanceBps, midOf, take } from '../book.js';
import type { Facts, Level, OrderFacts } from '../facts.js';
import { defineRule, deny, exactLimit, type Finding, measured, missing } from '../rule.js';

/** Types whose orders take what the book gives. */
export const anyPrice: ReadonlySet<OrderType | undefined> = new Set([
  'market',
  'stop',
  'take-profit',
  'trailing-stop',
  'twap',
  'bot',
  'other',
]);

export const marketOrders = defineRule({
  key: 'marketOrders',
  summary: 'orders at any price are refused, or held to what the book would give them',
  bindsExits: false,
  judge: (policy, facts, { referenceMaxAgeSeconds }) => {
    const taking = facts.orders.filter(({ intent }) => anyPrice.has(intent.type));
    if (policy === 'allow') return [];
    if (taking.length === 0) return [];
    if (policy === 'deny')
      return taking.map(({ intent }) => deny('MARKET_ORDER', `a ${intent.type} order takes any price`));
    return judgeSlippage(taking, policy.maxSlippageBps, referenceMaxAgeSeconds * 1000);
  },
  measure: (policy, { orders }, { referenceMaxAgeSeconds }) => {
    if (typeof policy === 'string') return [];
    const taking = orders.filter(({ intent }) => anyPrice.has(intent.type));
    return fillsOf(taking, referenceMaxAgeSeconds * 1000).map(({ order, fill }) => {
      const bps = 'bps' in fill ? fill.bps : undefined;
      return measured('slippage', 'bps', bps, policy.maxSlippageBps, { symbol: order.intent.instrument });
    });
  },
});

function judgeSlippage(orders: Facts['orders'], maxBps: number, maxAgeMs: number): Finding[] {
  const most = exactLimit(maxBps);
  return fillsOf(orders, maxAgeMs).flatMap(({ order, fill }): Finding[] => {
    if ('outcome' in fill) return [fill];
    const { average, mid, bps } = fill;
    if (bps.lte(most)) return [];
    const message = `${order.intent.instrument}: the book would give ${formatDecimal(average.round(12))}, ${formatDecimal(bps.round(2))} bps from the middle at ${formatDecimal(mid)}, more than ${maxBps}`;
    return [deny('SLIPPAGE_TOO_LARGE', message)];
  });
}

/** What the book would give an order, and how far that is from its middle. */
interface BookFill {
  average: Decimal;
  mid: Decimal;
  bps: Decimal;
}

/** What the book would give each of these orders, one after the other, or why that is not known. */
export function fillsOf(
  orders: Facts['orders'],
  maxAgeMs: number,
): { order: OrderFacts; fill: BookFill | Finding }[] {
  /** What the orders of this request before left of each side. */
  const left = new Map<string, readonly Level[]>();
  const fillOf = (order: OrderFacts): BookFill | Finding => {
    const { instrument } = order.intent;
    const wanted = wantedOf(order);
    const { book } = order;
    const mid = book === undefined ? undefined : midOf(book);
    if (wanted === undefined) return missing(`how much of ${instrument} is taken from the book`);
    if (book === undefined || mid === undefined || book.ageMs > maxAgeMs)
      return missing(`the order book of ${instrument}`);
    const key = `${instrument} ${wanted.side}`;
    const levels = left.get(key) ?? (wanted.side === 'buy' ? book.asks : book.bids);
    const { average, rest } = take(levels, wanted.amount, wanted.isQuote);
    left.set(key, rest);
    if (average === undefined)
      return deny('BOOK_TOO_THIN', `the book of ${instrument} does not hold ${formatDecimal(wanted.amount)}`);
    return { average, mid, bps: distanceBps(average, mid) };
  };
  return orders.map((order) => ({ order, fill: fillOf(order) }));
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
