// One call of the Coinbase Exchange dialect: its product names and order ids.
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

/** BTC-USDT */
export const products = makeSymbols((one) => (one.kind === 'spot' ? [`${one.base}-${one.quote}`] : []));

export const orderIdOf = ({ id }: { id: string }): string => uuidOf(id);
export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** The order of an id, or of `client:` and a client order id. Throws PaperFault ORDER_UNKNOWN. */
export function needOrder({ account }: PrivateCall, name: string): PaperOrder {
  const order = name.startsWith('client:')
    ? account.find({ clientId: name.slice('client:'.length) })
    : findSpelled(account, name, orderIdOf);
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', name);
  return order;
}
