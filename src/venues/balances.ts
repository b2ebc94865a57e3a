// What spot accounts hold, in venues' answers, read strictly: one row for each currency.
import type { Decimal } from '../core/decimal.js';
import type { CurrencyBalance } from './admin.js';
import { readAll, zero } from './venue-answers.js';

/** What a row says: two of the three amounts, from which the third follows. */
export interface BalanceRow {
  currency: string | undefined;
  total?: Decimal | undefined;
  free?: Decimal | undefined;
  /** Locked by resting orders. */
  locked?: Decimal | undefined;
}

/** Undefined when a row does not say two of the amounts. What is owed counts as nothing free. */
export function balancesOf<Row>(
  rows: readonly Row[] | undefined,
  read: (row: Row) => BalanceRow,
): readonly CurrencyBalance[] | undefined {
  return readAll(rows, (row) => {
    const { currency, total, free, locked } = read(row);
    if (currency === undefined) return undefined;
    const all = total ?? (locked && free?.plus(locked));
    const left = free ?? (locked && all?.minus(locked));
    if (all === undefined || left === undefined) return undefined;
    return { currency, total: all, free: left.lt(zero) ? zero : left };
  });
}
