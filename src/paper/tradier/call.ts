// One call of the Tradier dialect: shares, account and order numbers, and lists as Tradier writes them.
import type { PrivateCall, Row } from '../call.js';
import { accountNumber, makeShareSymbols, makeSymbols, needSpelled, numberOf } from '../desk.js';
import type { Account } from '../engine/account.js';
import { shortSales } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

/** Options are not on paper. */
export const stocks = makeShareSymbols(({ base }) => [base]);

/** What `sell_short` and `buy_to_cover` name: the shares by the same symbols. */
export const shorts = makeSymbols(({ base }) => [base], shortSales);

/** The symbol of an order, whichever way it sells; undefined where it is of no share. */
export function symbolOf(order: { symbol: string }): string | undefined {
  const isOf = ({ symbol }: { symbol: string }) => symbol === order.symbol;
  return [...stocks.listed, ...shortSales].find(isOf)?.base;
}

/** What the account owes of each share. */
export function owed({ account }: { account: Account }) {
  return shortSales.flatMap((instrument) => {
    const position = account.positions.get(instrument.symbol);
    return position === undefined ? [] : [{ instrument, position }];
  });
}

/** `VA` and eight digits, as sandbox accounts are numbered. */
export function accountNumberOf({ id }: { id: string }): string {
  return accountNumber('VA', 'tradier', id, 8);
}

export const orderNumberOf = ({ id }: { id: string }): number => numberOf(id);

/** Throws PaperFault ORDER_UNKNOWN; crypto orders of another dialect are not Tradier's. */
export function needOrder(call: PrivateCall, number: string): PaperOrder {
  return needSpelled(call, number, (one) => String(orderNumberOf(one)));
}

/** One entry stands alone, none is the text `null` (documentation.tradier.com, "Response format"). */
export function listOf(name: string, rows: readonly Row[]): unknown {
  if (rows.length === 0) return 'null';
  return { [name]: rows.length === 1 ? rows[0] : rows };
}
