// One call of the Interactive Brokers dialect: shares by contract number, the account's number, order numbers.
import type { PrivateCall } from '../call.js';
import { accountNumber, makeShareSymbols, needSpelled, numberOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';

export type { PrivateCall, Row } from '../call.js';

/** As IBKR numbers them. */
const conids: Readonly<Record<string, string>> = {
  AAPL: '265598',
  MSFT: '272093',
  NVDA: '4815747',
  SPY: '756733',
  F: '9599491',
};

/** By number, the usual spelling here. */
export const contracts = makeShareSymbols(({ base }) => {
  const conid = conids[base];
  return conid === undefined ? [] : [conid];
});

export function conidOf(instrument: Instrument): number {
  return Number(contracts.spell(instrument));
}

/** `DU` and seven digits, as paper accounts are numbered. */
export function accountNumberOf({ id }: { id: string }): string {
  return accountNumber('DU', 'ibkr', id, 7);
}

export const orderNumberOf = ({ id }: { id: string }): number => numberOf(id);

/** Throws PaperFault ORDER_UNKNOWN. */
export function needOrder(call: PrivateCall, number: string): PaperOrder {
  return needSpelled(call, number, (one) => String(orderNumberOf(one)));
}
