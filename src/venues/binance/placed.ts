// What Binance says to orders: one, a batch, an amendment, or a cancel with the order that takes its place.
// Sources: binance-spot-api-docs rest-api.md ("Cancel an Existing Order and Send a New Order"), errors.md (2026-07-21).
import type { PlacedOrder, VenueAdmin } from '../admin.js';
import { isStrictObject, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import { idIn, jsonOf, objectIn, readAll, rowsOf, textIn } from '../venue-answers.js';

// errors.md: nothing is known of what was sent.
const unknownCodes: ReadonlySet<string> = new Set(['-1000', '-1001', '-1006', '-1007']);

export const readPlaced: VenueAdmin['readPlaced'] = (answer) => {
  const json = jsonOf(answer);
  if (!isStrictObject(json)) {
    const rows = rowsOf(json);
    return rows === undefined || rows.length === 0 ? undefined : readAll(rows, placedOrder);
  }
  // -2021 and -2022 tell what failed in `data`.
  const both = objectIn(json, 'data') ?? json;
  return both.has('cancelResult') ? readReplaced(both) : readAll([json], placedOrder);
};

/** The cancel, then the order that takes its place. */
function readReplaced(both: StrictObject): readonly PlacedOrder[] | undefined {
  const cancel = half(both, 'cancelResult', 'cancelResponse');
  const placed = half(both, 'newOrderResult', 'newOrderResponse');
  return cancel === undefined || placed === undefined ? undefined : [cancel, placed];
}

function half(both: StrictObject, result: string, response: string): PlacedOrder | undefined {
  if (textIn(both, result) === 'NOT_ATTEMPTED') return { isAccepted: false, code: 'NOT_ATTEMPTED' };
  const row = objectIn(both, response);
  return row === undefined ? undefined : placedOrder(row);
}

function placedOrder(row: StrictObject): PlacedOrder | undefined {
  const order = objectIn(row, 'amendedOrder') ?? row;
  const code = textIn(row, 'code');
  if (code !== undefined && code !== '200')
    return unknownCodes.has(code) ? undefined : { isAccepted: false, code };
  const venueOrderId = idIn(order, 'orderId');
  if (venueOrderId === undefined && code === undefined) return undefined;
  return dropUndefined({
    isAccepted: true,
    venueOrderId,
    clientOrderId: idIn(order, 'origClientOrderId') ?? idIn(order, 'clientOrderId'),
  }) as PlacedOrder;
}
