// Worth as a share of the account. Equity is told in US dollars, so only what is quoted in dollars or a dollar coin can be compared.
import { type Decimal, decimal } from '../core/decimal.js';
import type { Facts } from './facts.js';

const dollars: ReadonlySet<string> = new Set(['USD', 'USDT', 'USDC']);
const hundred = decimal('100');

/** The percentage of the account as an amount; undefined when equity is not known or the symbol is not quoted in dollars. */
export function shareOf(
  percent: number,
  symbol: string,
  { equity, termsOf }: Pick<Facts, 'equity' | 'termsOf'>,
): Decimal | undefined {
  if (equity === undefined || !dollars.has(termsOf(symbol)?.quote ?? '')) return undefined;
  return equity.times(decimal(percent.toFixed(9))).div(hundred);
}
