// What an order was filled at, and what that cost, from the account's fills: for venues whose orders tell neither.
import type { Decimal } from '../core/decimal.js';
import type { VenueOrderState } from './admin.js';
import { zero } from './venue-answers.js';

/** One fill of the order. */
export interface OwnFill {
  size: Decimal | undefined;
  price: Decimal | undefined;
  /** In quote currency; absent where fills do not tell. */
  fee?: Decimal | undefined;
}

/**
 * The order with price and fee. Undefined when its fills are not understood, or not all there yet; as it was when they never will be,
 * since the answer holds no more. Of inverse contracts the average is that at which so many contracts cost what was paid in coins.
 */
export function pricedBy(
  order: VenueOrderState,
  fills: readonly OwnFill[] | undefined,
  { isWhole, isInverse = false }: { isWhole: boolean; isInverse?: boolean },
): VenueOrderState | undefined {
  if (fills === undefined) return undefined;
  let [filled, cost, coins] = [zero, zero, zero];
  let fee: Decimal | undefined = zero;
  for (const one of fills) {
    if (one.size === undefined || one.price?.gt(zero) !== true) return undefined;
    filled = filled.plus(one.size);
    cost = cost.plus(one.size.times(one.price));
    coins = coins.plus(one.size.div(one.price));
    fee = one.fee && fee?.plus(one.fee);
  }
  if (!filled.eq(order.filled)) return isWhole ? undefined : order;
  if (filled.eq(zero)) return order;
  const average = isInverse ? filled.div(coins) : cost.div(filled);
  return { ...order, averagePrice: average.round(12, 2), ...(fee === undefined ? {} : { fee }) };
}
