// One call of the Interactive Brokers dialect: shares by contract number, the account's number, order numbers.
import { createHash } from 'node:crypto';
import { type Desk, findSpelled, makeShareSymbols } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';

export interface PublicCall {
  engine: Engine;
  fields: Fields;
}

export type PrivateCall = PublicCall & Desk;
export type Row = Readonly<Record<string, unknown>>;

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
  const digest = createHash('sha256').update(`ibkr account ${id}`).digest();
  return `DU${String(digest.readUInt32BE() % 10_000_000).padStart(7, '0')}`;
}

/** JSON numbers: 41 bits of milliseconds and 12 of sequence. */
export function orderNumberOf({ id }: { id: string }): number {
  const whole = BigInt(id);
  return Number(((whole >> 20n) << 12n) | (whole & 0xfffn));
}

/** Throws PaperFault ORDER_UNKNOWN. */
export function needOrder({ account }: PrivateCall, number: string): PaperOrder {
  const order = findSpelled(account, number, (one) => String(orderNumberOf(one)));
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', number);
  return order;
}
