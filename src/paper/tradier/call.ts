// One call of the Tradier dialect: shares, account and order numbers, and lists as Tradier writes them.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { PrivateCall, Row } from '../call.js';
import { accountNumber, makeShareSymbols, makeSymbols, needSpelled, numberOf } from '../desk.js';
import type { Account } from '../engine/account.js';
import { type SwapInstrument, shareOptions, shortSales } from '../engine/instruments.js';
import { type PaperOrder, remaining } from '../engine/orders.js';
import { PaperFault } from '../fault.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

const zero = decimal('0');

export const stocks = makeShareSymbols(({ base }) => [base]);

/** What `sell_short` and `buy_to_cover` name: the shares by the same symbols. */
export const shorts = makeSymbols(({ base }) => [base], shortSales);

/** Of options, by their OCC symbols. */
export const options = makeSymbols(({ symbol }) => [symbol], shareOptions);

/** The share of an order, sold short or in options too; undefined where it is of none. */
export function symbolOf(order: { symbol: string }): string | undefined {
  const isOf = ({ symbol }: { symbol: string }) => symbol === order.symbol;
  return [...stocks.listed, ...shortSales, ...shareOptions].find(isOf)?.base;
}

/** What the account owes of each share. */
export const owed = (call: { account: Account }) => positionsIn(call, shortSales);

/** The options that the account holds. */
export const heldOptions = (call: { account: Account }) => positionsIn(call, shareOptions);

function positionsIn({ account }: { account: Account }, among: readonly SwapInstrument[]) {
  return among.flatMap((instrument) => {
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

/** Orders that were placed together, under one number. */
export interface OrderGroup {
  id: string;
  orders: readonly PaperOrder[];
}

export function findGroup({ account }: PrivateCall, number: string): OrderGroup | undefined {
  return groupsOf(account.orders()).find((one) => 'orders' in one && String(orderNumberOf(one)) === number) as
    | OrderGroup
    | undefined;
}

/** Orders placed together as one entry, at the place of the first of them. */
export function groupsOf(orders: readonly PaperOrder[]): readonly (PaperOrder | OrderGroup)[] {
  const entries = new Map<string, PaperOrder | { id: string; orders: PaperOrder[] }>();
  for (const order of orders) {
    const id = order.link?.id;
    const group = id === undefined ? undefined : entries.get(id);
    if (id === undefined) entries.set(order.id, order);
    else if (group !== undefined && 'orders' in group) group.orders.push(order);
    else entries.set(id, { id, orders: [order] });
  }
  return [...entries.values()];
}

/** Options are bought and sold again; sold to open, they would need more than a margin of one's own: NOT_ON_PAPER. */
export function optionSide({ fields }: PrivateCall, suffix: string) {
  const side = fields.oneOf(`side${suffix}`, [
    'buy_to_open',
    'buy_to_close',
    'sell_to_open',
    'sell_to_close',
  ]);
  if (side === 'buy_to_close' || side === 'sell_to_open') throw new PaperFault('NOT_ON_PAPER');
  return side;
}

/** Throws PaperFault NOTHING_TO_REDUCE: with the orders that rest, more than is owed or held cannot be closed. */
export function needOpen({ account }: PrivateCall, symbol: string, value: Decimal): void {
  const asked = account
    .openOrders()
    .filter((order) => order.symbol === symbol && order.reduceOnly)
    .reduce((sum, order) => sum.plus(remaining(order)), value);
  const open = account.positions.get(symbol)?.contracts.abs() ?? zero;
  if (asked.gt(open)) throw new PaperFault('NOTHING_TO_REDUCE', symbol);
}

/** One entry stands alone, none is the text `null` (documentation.tradier.com, "Response format"). */
export function listOf(name: string, rows: readonly Row[]): unknown {
  if (rows.length === 0) return 'null';
  return { [name]: rows.length === 1 ? rows[0] : rows };
}
