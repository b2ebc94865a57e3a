// A perpetual of the paper exchange, traded through a sidecar: what the tests of exits ask of it.
import type { Answered, OrderBox } from './order-box.js';

export const perpetual = 'BTC-USDT-SWAP';
export const swap = { instId: perpetual, tdMode: 'cross', ordType: 'limit', sz: '2' };

/** Sizes of the positions that the exchange holds. */
export const positionsAt = (desk: OrderBox): (string | undefined)[] =>
  desk.atVenue('account/positions').map(({ pos }) => pos);

/** The best offer times the factor, as a price. */
export const askTimes = (desk: OrderBox, factor: number): string =>
  (Number(desk.atVenue(`market/ticker?instId=${perpetual}`)[0]?.['askPx']) * factor).toFixed(1);

/** Proposed, approved by a human, and claimed. @throws Error when it is not held. */
export async function decidedIn(desk: OrderBox, body: Record<string, string>): Promise<Answered> {
  await desk.agent('POST', 'trade/order', body);
  const { orders } = desk.box.sidecar.state;
  const held = orders.list(100).orders.find(({ state }) => state === 'held');
  if (held === undefined) throw new Error('the order is not held');
  await orders.approve(held.order, held.fingerprint, 'ann');
  return desk.agent('POST', 'trade/order', body);
}
