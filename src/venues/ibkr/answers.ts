// IBKR's answers: orders, positions, prices and questions as its Web API tells them.
// Sources: ibkrcampus.com cpapi-v1 ("Order Status Value", "Live Orders", "Order Status", "Market Data Fields", "Place Order");
// Voyz/ibind a3d8fe1 test/integration/client/ibkr_responses.py.
import type { Decimal } from '../../core/decimal.js';
import type {
  PlacedOrder,
  ReferencePrice,
  RestingOrder,
  VenueAnswer,
  VenueOrderState,
  VenueQuestion,
} from '../admin.js';
import { isStrictObject, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  idIn,
  jsonOf,
  objectOf,
  orderStateOf,
  priceIn,
  readAll,
  rowsOf,
  sideOf,
  signedIn,
  textIn,
  textsIn,
  unsignedIn,
} from '../venue-answers.js';
import type { Contract } from './contracts.js';

const accountForm = /^[A-Z0-9]{2,12}$/;

/** The accounts that the session reaches; undefined where it reaches none. */
export function accountsIn(answer: VenueAnswer): readonly string[] | undefined {
  const told = answer.status === 200 ? textsIn(objectOf(answer), 'accounts') : undefined;
  return told !== undefined && told.length > 0 && told.every((one) => accountForm.test(one))
    ? told
    : undefined;
}

// cpapi-v1 "Order Status Value". Inactive orders may become active again.
const states: Readonly<Record<string, VenueOrderState['state']>> = {
  PendingSubmit: 'resting',
  PreSubmitted: 'resting',
  Submitted: 'resting',
  PendingCancel: 'resting',
  Inactive: 'resting',
  WarnState: 'resting',
  Filled: 'filled',
  Cancelled: 'canceled',
};

export const stateIn = (row: StrictObject, name = 'status') => states[textIn(row, name) ?? ''];

export function restingOrder(
  row: StrictObject,
  venueAccount: string,
  contracts: ReadonlyMap<string, Contract>,
): RestingOrder | undefined {
  const instrument = contracts.get(idIn(row, 'conid') ?? '')?.name;
  const venueOrderId = idIn(row, 'orderId');
  if (instrument === undefined || venueOrderId === undefined) return undefined;
  return dropUndefined({
    instrument,
    venueOrderId,
    venueAccount,
    kind: 'plain',
    side: sideOf(textIn(row, 'side')?.toLowerCase()),
    clientOrderId: idIn(row, 'order_ref'),
  }) as RestingOrder;
}

export function listedState(row: StrictObject): VenueOrderState | undefined {
  return orderStateOf({
    state: stateIn(row),
    venueOrderId: idIn(row, 'orderId'),
    filled: unsignedIn(row, 'filledQuantity'),
    averagePrice: priceIn(row, 'avgPrice'),
    clientOrderId: idIn(row, 'order_ref'),
  });
}

export function orderStatus(answer: VenueAnswer, venueOrderId: string): VenueOrderState | undefined {
  const row = answer.status === 200 ? objectOf(answer) : undefined;
  if (row === undefined || idIn(row, 'order_id') !== venueOrderId) return undefined;
  return orderStateOf({
    state: stateIn(row, 'order_status'),
    venueOrderId,
    filled: unsignedIn(row, 'cum_fill'),
    averagePrice: priceIn(row, 'average_price'),
    clientOrderId: undefined,
  });
}

export function heldIn(row: StrictObject): { conid: string; quantity: Decimal } | undefined {
  const conid = idIn(row, 'conid');
  const quantity = signedIn(row, 'position');
  return conid === undefined || quantity === undefined ? undefined : { conid, quantity };
}

/** Real-time or streaming, as field 6509 and `mdAvailability` say it: not delayed, not frozen. */
export const isTimely = (availability: string | undefined): boolean => /^[RS]/.test(availability ?? '');

/** 31 last, 84 bid, 86 ask, 6509 how timely; a last price with a letter is yesterday's close or of a halt. */
export function priceOf(row: StrictObject): ReferencePrice | undefined {
  const last = priceIn(row, '31');
  const atMs = Number(textIn(row, '_updated'));
  const isOfNow = isTimely(textIn(row, '6509'));
  if (last === undefined || !isOfNow || !Number.isSafeInteger(atMs) || atMs <= 0) return undefined;
  return dropUndefined({ last, atMs, bid: priceIn(row, '84'), ask: priceIn(row, '86') }) as ReferencePrice;
}

/**
 * What an order raised: it is placed once that is confirmed. IBKR's OpenAPI schema `OrderReplyMessage`: `message` are texts for people,
 * `messageIds` the kinds of these, such as `o383` for a size above the user's own limit.
 */
export function questionsIn(answer: VenueAnswer): readonly VenueQuestion[] {
  const rows = answer.status === 200 ? rowsOf(jsonOf(answer)) : undefined;
  return rows?.flatMap((row) => (row.has('message') ? questionIn(row) : [])) ?? [];
}

function questionIn(row: StrictObject): readonly VenueQuestion[] {
  const id = idIn(row, 'id');
  const texts = textsIn(row, 'message') ?? [];
  if (id === undefined) return [];
  if (texts.length === 0 || texts.some((text) => text.trim() === '')) return [{ id }];
  const kinds = textsIn(row, 'messageIds') ?? [];
  return [{ id, text: [...kinds, ...texts].join(' ') }];
}

/** An order that raised a question is not placed. */
export function readPlaced(answer: VenueAnswer): readonly PlacedOrder[] | undefined {
  const json = jsonOf(answer);
  const rows = isStrictObject(json) ? [json] : rowsOf(json);
  return rows === undefined || rows.length === 0 ? undefined : readAll(rows, placedOrder);
}

function placedOrder(row: StrictObject): PlacedOrder | undefined {
  const venueOrderId = idIn(row, 'order_id');
  if (venueOrderId !== undefined)
    return dropUndefined({
      isAccepted: true,
      venueOrderId,
      clientOrderId: idIn(row, 'local_order_id'),
    }) as PlacedOrder;
  if (textIn(row, 'error') !== undefined) return { isAccepted: false, code: 'error' };
  return row.has('message') && idIn(row, 'id') !== undefined
    ? { isAccepted: false, code: 'question' }
    : undefined;
}
