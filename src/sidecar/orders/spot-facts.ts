// What of a spot account is free for an order: what the venue told, less what orders spend that it may not show yet.
import { type Decimal, decimal } from '../../core/decimal.js';
import { isSpot, type OrderIntent } from '../../core/order.js';
import type { OrderFacts, SpotFacts } from '../../guard/facts.js';
import { baseOf, notionalOf } from '../../guard/money.js';
import type { ContractTerms } from '../../venues/admin.js';
import type { MarketMemory } from './market-memory.js';

export interface SpotParts {
  market: Pick<MarketMemory, 'balance' | 'price' | 'terms'>;
  /** A price or balance older than this is none, milliseconds. */
  maxAgeMs: number;
  /** Orders of other requests that the balances may not show yet. */
  unseen: readonly OrderIntent[];
}

const zero = decimal('0');

/** `cost`: what the order can cost at most, quote currency. */
export function spotFacts(
  terms: Pick<ContractTerms, 'base' | 'quote'> | undefined,
  cost: Decimal | undefined,
  parts: SpotParts,
): SpotFacts {
  const { base, quote = '' } = terms ?? {};
  const { market, maxAgeMs } = parts;
  const held = base === undefined ? undefined : market.balance(base, maxAgeMs);
  const cash = quote === '' ? undefined : market.balance(quote, maxAgeMs);
  return {
    held: held?.total,
    free: held && base !== undefined ? less(held.free, spending(base, parts)) : undefined,
    cash: cash && less(cash.free, spending(quote, parts)),
    quote,
    cost,
  };
}

/** The same of an order that spends a wallet of which the venue's balances say nothing: a rule that needs them denies. */
export function untoldWallet(order: OrderFacts): OrderFacts {
  const { spot } = order;
  return spot === undefined
    ? order
    : { ...order, spot: { ...spot, held: undefined, free: undefined, cash: undefined } };
}

/** What the unseen orders spend of a currency at most; undefined when one of them may, and it is not known how much. */
function spending(currency: string, { market, maxAgeMs, unseen }: SpotParts): Decimal | undefined {
  let sum = zero;
  for (const intent of unseen) {
    if (!isSpot(intent)) continue;
    const terms = market.terms(intent.instrument);
    const isSale = intent.side === 'sell';
    const spent = isSale ? terms?.base : terms?.quote;
    if (spent !== undefined && spent !== currency) continue;
    const reference = market.price(intent.instrument, maxAgeMs);
    const amount = isSale ? soldOf(intent, reference) : notionalOf(intent, reference, terms, undefined);
    if (spent === undefined || amount === undefined) return undefined;
    sum = sum.plus(amount);
  }
  return sum;
}

function soldOf({ quantity }: OrderIntent, reference: Parameters<typeof baseOf>[1]): Decimal | undefined {
  return quantity?.unit === 'base' ? quantity.value : baseOf(quantity?.value, reference);
}

function less(free: Decimal, spent: Decimal | undefined): Decimal | undefined {
  if (spent === undefined) return undefined;
  const left = free.minus(spent);
  return left.lt(zero) ? zero : left;
}
