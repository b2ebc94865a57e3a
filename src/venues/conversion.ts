// A conversion of one currency into another at a quoted rate, as the order on the market between the two that it amounts to.
import { type Decimal, quotient } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';
import type { IntentBase } from './intent-base.js';

/** Digits that a journal takes of a price: exact quotients may have none left to end with. */
const priceDigits = 18;

interface Side {
  asset: string;
  amount: Decimal;
}

export interface Conversion {
  from: Side;
  to: Side;
  /** Which of the two amounts the request fixes. */
  fixed: 'from' | 'to';
  /** Markets are listed against the first of these that they trade. */
  quoteAssets: readonly string[];
}

/** In the spelling of the market, the two one after the other; `FROM-TO` where neither asset is one that markets are listed against. */
export function conversion(base: IntentBase, { from, to, fixed, quoteAssets }: Conversion): OrderIntent {
  const [fromRank, toRank] = [from, to].map(({ asset }) => quoteAssets.indexOf(asset) + 1 || 99);
  const isBuy = (fromRank ?? 0) < (toRank ?? 0);
  const [traded, paid] = isBuy ? [to, from] : [from, to];
  const isNamed = fromRank !== toRank;
  const value = fixed === 'from' ? from.amount : to.amount;
  const unit = (fixed === 'from') === isBuy ? 'quote' : 'base';
  return {
    ...base,
    action: 'place',
    instrument: isNamed ? `${traded.asset}${paid.asset}` : `${from.asset}-${to.asset}`,
    side: isBuy ? 'buy' : 'sell',
    type: 'market',
    quantity: { value, unit },
    price: quotient(paid.amount, traded.amount).round(priceDigits),
  };
}
