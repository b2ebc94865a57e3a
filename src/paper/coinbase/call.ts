// One call of the Coinbase dialect: product ids and order ids.
import { type Desk, findSpelled, makeSymbols, uuidOf } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';

export interface PublicCall {
  engine: Engine;
  fields: Fields;
}

export type PrivateCall = PublicCall & Desk;
export type Row = Readonly<Record<string, unknown>>;

/** Spot only: BTC-USDT. */
export const products = makeSymbols((one) => (one.kind === 'spot' ? [`${one.base}-${one.quote}`] : []));

export function orderIdOf({ id }: { id: string }): string {
  return uuidOf(`coinbase order ${id}`);
}

/** Throws PaperFault ORDER_UNKNOWN. */
export function needOrder({ account }: PrivateCall, orderId: string): PaperOrder {
  const order = findSpelled(account, orderId, orderIdOf);
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', orderId);
  return order;
}

export const isoTime = (ms: number) => new Date(ms).toISOString();
