// Worth as a share of the account. Equity is told in US dollars: without a currency of the account and its rate, only what is quoted in
// dollars or a dollar coin can be compared.
import { type Decimal, decimal } from '../core/decimal.js';
import { isDollar } from '../core/dollars.js';
import type { Facts } from './facts.js';
import { exactLimit } from './rule.js';

const one = decimal('1');
const hundredth = decimal('0.01');

/** The percentage of the account as an amount in the currency of the limits; undefined when equity or the rate is not known. */
export function shareOf(
  percent: number,
  symbol: string,
  { equity, termsOf, currency }: Pick<Facts, 'equity' | 'termsOf' | 'currency'>,
): Decimal | undefined {
  const quote = termsOf(symbol)?.quote;
  const dollar = currency === undefined ? (isDollar(quote) ? one : undefined) : currency.rateOf('USD');
  if (equity === undefined || dollar === undefined) return undefined;
  const all = dollar === one ? equity : equity.times(dollar);
  return all.times(exactLimit(percent)).times(hundredth);
}
