// One call of the Coinbase Exchange dialect: its product names and order ids.
import type { PrivateCall } from '../call.js';
import { needSpelled, uuidOf } from '../desk.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';
export { dashedPairs as products } from '../desk.js';

export const orderIdOf = ({ id }: { id: string }): string => uuidOf(id);
export const tradeIdOf = ({ id }: { id: string }): number => Number(BigInt(id) % 1_000_000_000n);

/** The order of an id, or of `client:` and a client order id. Throws PaperFault ORDER_UNKNOWN. */
export function needOrder(call: PrivateCall, name: string): PaperOrder {
  if (!name.startsWith('client:')) return needSpelled(call, name, orderIdOf);
  const order = call.account.find({ clientId: name.slice('client:'.length) });
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', name);
  return order;
}
