// What a venue charged for an order's fills, as money: in quote currency, whichever side of the pair it was charged in.
import type { Decimal } from '../core/decimal.js';

/**
 * Positive when it was paid. Undefined when it was charged in a third currency, whose worth the order does not tell, or in base
 * currency without an average price.
 */
export function feeInQuote(
  amount: Decimal | undefined,
  currency: string | undefined,
  { base, quote, averagePrice }: { base: string; quote: string; averagePrice: Decimal | undefined },
): Decimal | undefined {
  if (amount === undefined || currency === undefined) return undefined;
  if (currency === quote) return amount;
  return currency === base && averagePrice !== undefined ? amount.times(averagePrice) : undefined;
}
