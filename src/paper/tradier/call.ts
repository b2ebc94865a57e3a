// One call of the Tradier dialect: shares, account and order numbers, and lists as Tradier writes them.
import type { PrivateCall, Row } from '../call.js';
import { accountNumber, makeShareSymbols, needSpelled, numberOf } from '../desk.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

/** Options are not on paper. */
export const stocks = makeShareSymbols(({ base }) => [base]);

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
