// One call of the Coinbase dialect: product ids, order ids and states.
import type { PrivateCall } from '../call.js';
import { needSpelled, uuidOf } from '../desk.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';
export { dashedPairs as products } from '../desk.js';

export function orderIdOf({ id }: { id: string }): string {
  return uuidOf(`coinbase order ${id}`);
}

/** Throws PaperFault ORDER_UNKNOWN. */
export function needOrder(call: PrivateCall, orderId: string): PaperOrder {
  return needSpelled(call, orderId, orderIdOf);
}

/** `status` of an order in each state. */
export const statuses = {
  live: 'OPEN',
  'partially-filled': 'OPEN',
  filled: 'FILLED',
  canceled: 'CANCELLED',
} as const;
