// What Binance says to orders: one, a batch, an amendment, a conditional order, an order list, or a cancel with the order in its place.
// Sources: binance-spot-api-docs rest-api.md ("Cancel an Existing Order and Send a New Order",
// "Order lists"), USDⓈ-M Futures "New Algo Order", errors.md (2026-07-21).
import type { PlacedOrder, VenueAdmin, VenueAnswer } from '../admin.js';
import { isStrictObject, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import { idIn, jsonOf, objectIn, objectOf, readAll, rowsOf, textIn } from '../venue-answers.js';

// errors.md: nothing is known of what was sent.
const unknownCodes: ReadonlySet<string> = new Set(['-1000', '-1001', '-1006', '-1007']);

/** Answered with HTTP 400 as well. */
export const isTrouble = (answer: VenueAnswer): boolean =>
  unknownCodes.has(textIn(objectOf(answer), 'code') ?? '');

export const readPlaced: VenueAdmin['readPlaced'] = (answer) => {
  const json = jsonOf(answer);
  if (!isStrictObject(json)) {
    const rows = rowsOf(json);
    return rows === undefined || rows.length === 0 ? undefined : readAll(rows, placedOrder);
  }
  // -2021 and -2022 tell what failed in `data`.
  const both = objectIn(json, 'data') ?? json;
  if (json.has('contingencyType')) return readList(json);
  return both.has('cancelResult') ? readReplaced(both) : readAll([json], placedOrder);
};

/**
 * Of an OCO both orders, the stop last, as they are parsed; of an OTO the working one, on which the others hang. Reports of the kind ACK
 * do not say which is which: then the orders are asked for by the ids that they were sent with.
 */
function readList(list: StrictObject): readonly PlacedOrder[] | undefined {
  const reports = rowsOf(list.get('orderReports'));
  if (reports === undefined || reports.length < 2) return undefined;
  const isOco = textIn(list, 'contingencyType') === 'OCO';
  const nameless = { isAccepted: true };
  const [sooner, later] = isOco
    ? halves(reports, (row) => textIn(row, 'type')?.startsWith('STOP_LOSS') === true)
    : halves(reports, (row) => textIn(row, 'status') === 'PENDING_NEW');
  if (sooner.length !== 1 || later.length !== reports.length - 1 || (isOco && later.length !== 1))
    return isOco ? [nameless, nameless] : [nameless];
  return readAll(isOco ? [...sooner, ...later] : sooner, placedOrder);
}

function halves(rows: readonly StrictObject[], isLater: (row: StrictObject) => boolean) {
  return [rows.filter((row) => !isLater(row)), rows.filter(isLater)] as const;
}

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
  const venueOrderId = ['orderId', 'algoId', 'strategyId']
    .map((name) => idIn(order, name))
    .find((id) => id !== undefined);
  if (venueOrderId === undefined && code === undefined) return undefined;
  return dropUndefined({
    isAccepted: true,
    venueOrderId,
    clientOrderId: ['origClientOrderId', 'clientOrderId', 'clientAlgoId', 'newClientStrategyId']
      .map((name) => idIn(order, name))
      .find((id) => id !== undefined),
  }) as PlacedOrder;
}
