// What Bybit says to orders, and the client order ids that are put into them before they leave.
// Source: bybit-exchange/docs docs/v5/order, docs/v5/spread/trade/create-order.mdx, docs/v5/error.mdx (2026-07-24).
import type { PlacedOrder, VenueAdmin, VenueAnswer } from '../admin.js';
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import { idIn, objectIn, objectOf, rowsOf, textIn } from '../venue-answers.js';
import { ok } from './calls.js';

/** 10000 server timeout, 10016 internal error, 170007 timeout waiting for the backend, 170032 network error. */
const unknownCodes: ReadonlySet<string> = new Set(['10000', '10016', '10429', '170007', '170032']);
/** Paths whose body is one order with an `orderLinkId` of the client's own choice. */
const singlePaths: ReadonlySet<string> = new Set(['/v5/order/create', '/v5/spread/order/create']);

export const isTrouble = (answer: VenueAnswer): boolean =>
  unknownCodes.has(textIn(objectOf(answer), 'retCode') ?? '');

export const readPlaced: VenueAdmin['readPlaced'] = (answer, isCancel = false) => {
  const envelope = objectOf(answer);
  const code = textIn(envelope, 'retCode');
  if (code === undefined || unknownCodes.has(code)) return undefined;
  if (code !== ok) return [{ isAccepted: false, code }];
  const result = objectIn(envelope, 'result');
  const placed = rowsOf(result?.get('list'));
  // A batch tells in `retExtInfo`, in the same order, what each of its orders met with.
  const told = rowsOf(objectIn(envelope, 'retExtInfo')?.get('list'));
  if (placed !== undefined)
    return placed.map((row, index) => placedOrder(row, textIn(told?.[index], 'code')));
  if (result !== undefined) return [placedOrder(result, ok)];
  // docs/v5/rfq/trade/cancel-all-rfq.mdx: `result: []`; docs/v5/order/dcp.mdx: none.
  return isCancel ? [{ isAccepted: true }] : undefined;
};

export const withClientOrderIds: NonNullable<VenueAdmin['withClientOrderIds']> = (request, makeId) => {
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok || !isStrictObject(parsed.value)) return undefined;
  const stamp = (order: StrictJson): StrictJson =>
    isStrictObject(order) && !order.has('orderLinkId')
      ? new Map([...order, ['orderLinkId', makeId()]])
      : order;
  const list = parsed.value.get('request');
  if (singlePaths.has(request.path))
    return { ...request, body: Buffer.from(formatStrictJson(stamp(parsed.value))) };
  if (request.path !== '/v5/order/create-batch' || !Array.isArray(list)) return undefined;
  const orders = new Map([...parsed.value, ['request', list.map(stamp)]]);
  return { ...request, body: Buffer.from(formatStrictJson(orders)) };
};

function placedOrder(row: StrictObject, code: string | undefined): PlacedOrder {
  const isAccepted = code === undefined || code === ok;
  return dropUndefined({
    isAccepted,
    venueOrderId: idIn(row, 'orderId'),
    clientOrderId: idIn(row, 'orderLinkId'),
    code: isAccepted ? undefined : code,
  }) as PlacedOrder;
}
