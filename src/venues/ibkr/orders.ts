// Interactive Brokers' orders as intents. Source: ibkrcampus.com cpapi-v1 "Orders", Voyz/ibind a3d8fe1 OrderRequest.
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent, OrderSide, OrderType, Quantity, TimeInForce } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { readJsonObject } from '../json-body.js';
import { dropUndefined, OrderFields, parsing, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';

interface TypeRow {
  type: OrderType;
  /** What `price` and `auxPrice` mean. */
  price?: 'price' | 'trigger';
  auxPrice?: 'trigger';
}

// TRAIL, TRAILLMT, MIDPRICE, MOC, LOC and algorithms follow the market or the venue's own rule: refused.
const types: Readonly<Record<string, TypeRow>> = {
  MKT: { type: 'market' },
  LMT: { type: 'limit', price: 'price' },
  STP: { type: 'stop', price: 'trigger' },
  STOP_LIMIT: { type: 'stop-limit', price: 'price', auxPrice: 'trigger' },
};
const represented: Represented = representedAll(
  'acctId conid secType orderType side tif quantity cashQty price auxPrice cOID',
);
const sides: Readonly<Record<string, OrderSide>> = { BUY: 'buy', SELL: 'sell' };
const timesInForce: Readonly<Record<string, TimeInForce>> = { DAY: 'day', GTC: 'gtc', IOC: 'ioc' };

const path = /^\/v1\/api\/iserver\/account\/([A-Z0-9]{2,12})\/(orders|order|order\/(-?\d{1,19}))$/;
const replyPath = /^\/v1\/api\/iserver\/reply\/([A-Za-z0-9-]{1,64})$/;
const clientId = /^[A-Za-z0-9 _.:-]{1,64}$/;
const shortText = /^[A-Za-z0-9 ._-]{1,40}$/;
const maxOrders = 20;

export function parseIbkrOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    const [, account, kind, orderId] = path.exec(request.path) ?? [];
    if (account === undefined || kind === undefined) return reply(request, context);
    checkEnvironment(account, context);
    const base = intentBase('ibkr', context, account);
    if (request.method === 'DELETE') return { ok: true, intents: [cancel(request, base, orderId)] };
    if (request.method !== 'POST' || request.query !== '')
      return refuseOrder('BODY_UNREADABLE', 'not a POST without a query');
    const body = readJsonObject(request);
    if (!body.ok) return refuseOrder('BODY_UNREADABLE', body.problem);
    const fields = new OrderFields(body.object, represented);
    if (orderId !== undefined) return { ok: true, intents: [amend(fields, account, orderId, base, context)] };
    if (kind === 'order') return { ok: true, intents: [order(fields, account, base, context)] };
    const entries =
      fields.objects('orders', maxOrders) ?? fields.refuse('FIELD_MISSING', 'orders', 'is missing');
    fields.done();
    tellParents(entries);
    const isChild = childrenOf(entries);
    const intents = entries.map((entry, index) => {
      const intent = order(entry, account, base, context);
      return isChild[index] === true ? { ...intent, isAttached: true as const } : intent;
    });
    return { ok: true, intents };
  });
}

/**
 * A confirmed reply sends the order that its question was about, so it is judged as that order again. What nobody was asked
 * here is refused: nothing could tell whether it was checked. A question that is not confirmed lapses by itself.
 */
function reply(request: HttpRequest, { questioned }: ParseContext): Extract<ParsedOrders, { ok: true }> {
  const [, id] = replyPath.exec(request.path) ?? [];
  if (id === undefined || request.method !== 'POST' || request.query !== '')
    return refuseOrder('NOT_AN_ORDER', 'the path places, changes or cancels no order');
  const body = readJsonObject(request);
  if (!body.ok) return refuseOrder('BODY_UNREADABLE', body.problem);
  const fields = new OrderFields(body.object);
  const isConfirmed = fields.flag('confirmed') ?? fields.refuse('FIELD_MISSING', 'confirmed', 'is missing');
  fields.done();
  const intents = questioned?.(id);
  if (intents === undefined)
    return refuseOrder('NOT_AN_ORDER', 'the reply is to no question about an order that was sent from here');
  return isConfirmed
    ? { ok: true, intents }
    : refuseOrder('NOT_AN_ORDER', 'an order that is not confirmed is not sent');
}

/** An order of the request that another one hangs on is named by an id that clients draw anew for each attempt: its place stands for it. */
function tellParents(entries: readonly OrderFields[]): void {
  const ids = entries.map((entry) => entry.peek('cOID'));
  for (const entry of entries) {
    const parent = entry.peek('parentId');
    const place = parent === undefined ? -1 : ids.indexOf(parent);
    if (place !== -1) entry.tellAs('parentId', `orders[${place}]`);
  }
}

/**
 * Which orders are children of the last one before them that is none: they wait until it is filled, and one child cancels the other
 * (Client Portal Web API, notes for bracket orders). `isSingleGroup` says nothing of that kind: orders of a group may trade different
 * contracts, and of two at the market nothing documented keeps the second from being filled.
 */
function childrenOf(entries: readonly OrderFields[]): boolean[] {
  let head: string | undefined;
  return entries.map((entry) => {
    const parent = entry.peek('parentId');
    if (parent !== undefined && parent === head) return true;
    head = entry.peek('cOID');
    return false;
  });
}

/** Paper accounts begin with D (DU…, DF…) and answer on the same hosts as live ones. */
function checkEnvironment(account: string, { environment }: ParseContext): void {
  if (account.startsWith('D') !== (environment !== 'live')) {
    refuseOrder('FIELD_INVALID', 'the account in the path is of another environment than the credential');
  }
}

function order(fields: OrderFields, account: string, base: IntentBase, context: ParseContext): OrderIntent {
  // Spreading a second object costs more than all the reading.
  const intent = Object.assign(terms(fields, account, context), base, { action: 'place' as const });
  return fields.sealOne(intent);
}

function amend(
  fields: OrderFields,
  account: string,
  venueOrderId: string,
  base: IntentBase,
  context: ParseContext,
): OrderIntent {
  // The body repeats the whole order, so that the amended order is checked as a new one.
  const action = 'amend' as const;
  const intent = Object.assign(terms(fields, account, context), base, { action, venueOrderId });
  return fields.sealOne(intent);
}

function cancel(request: HttpRequest, base: IntentBase, orderId: string | undefined): OrderIntent {
  if (orderId === undefined) return refuseOrder('FIELD_MISSING', 'the path names no order to cancel');
  if (request.query !== '' || request.body.length > 0)
    refuseOrder('FIELD_UNKNOWN', 'a cancel carries parameters');
  // -1 cancels all of the account's orders.
  return {
    ...base,
    action: 'cancel',
    instrument: '',
    ...(orderId === '-1' ? {} : { venueOrderId: orderId }),
  };
}

function terms(
  fields: OrderFields,
  account: string,
  context: ParseContext,
): Omit<OrderIntent, 'action' | keyof IntentBase> {
  if (fields.has('acctId') && fields.text('acctId') !== account) {
    fields.refuse('FIELD_CONFLICT', 'acctId', 'is not the account in the path');
  }
  const { instrument, isContract } = instrumentOf(fields, context);
  const row = fields.choice('orderType', types, 'ORDER_TYPE_UNSUPPORTED');
  if (row === undefined) return fields.refuse('FIELD_MISSING', 'orderType', 'is missing');
  const { price, trigger } = pricesOf(fields, row);
  fields.flag('outsideRTH');
  fields.flag('isSingleGroup');
  fields.match('parentId', clientId);
  fields.match('listingExchange', shortText);
  fields.match('ticker', shortText);
  return dropUndefined({
    instrument,
    side: fields.choice('side', sides) ?? fields.refuse('FIELD_MISSING', 'side', 'is missing'),
    type: row.type,
    timeInForce: fields.choice('tif', timesInForce) ?? fields.refuse('FIELD_MISSING', 'tif', 'is missing'),
    quantity: quantityOf(fields, isContract),
    price,
    trigger,
    clientOrderId: fields.ownId('cOID', clientId),
  });
}

function pricesOf(fields: OrderFields, row: TypeRow): Pick<OrderIntent, 'price' | 'trigger'> {
  const prices: Pick<OrderIntent, 'price' | 'trigger'> = {};
  for (const name of ['price', 'auxPrice'] as const) {
    const meaning = row[name];
    const value = fields.positive(name);
    if ((meaning === undefined) !== (value === undefined)) {
      fields.refuse('FIELD_CONFLICT', name, 'does not go with the type, or is missing');
    }
    if (meaning !== undefined) prices[meaning] = value;
  }
  return prices;
}

function quantityOf(fields: OrderFields, isContract: boolean): Quantity {
  const quantity = fields.positive('quantity');
  const cash = fields.positive('cashQty');
  if ((quantity === undefined) === (cash === undefined)) {
    fields.refuse('FIELD_CONFLICT', 'quantity', 'or cashQty must be given, and only one of them');
  }
  if (cash !== undefined) return { value: cash, unit: 'quote' };
  if (quantity === undefined) return fields.refuse('FIELD_MISSING', 'quantity', 'is missing');
  return { value: quantity, unit: isContract ? 'contracts' : 'base' };
}

/** A contract's number means a symbol only through the instrument list. Without a type it may have a multiplier. */
function instrumentOf(
  fields: OrderFields,
  { instruments }: ParseContext,
): { instrument: string; isContract: boolean } {
  const conid =
    fields.id('conid', /^[1-9]\d{0,11}$/) ?? fields.refuse('FIELD_MISSING', 'conid', 'is missing');
  const [, typed, type] = /^(\d+):([A-Z]{2,6})$/.exec(fields.text('secType') ?? '') ?? [];
  if (typed !== undefined && typed !== conid)
    fields.refuse('FIELD_CONFLICT', 'secType', 'names another contract');
  const instrument = instruments?.get(conid);
  if (instrument === undefined) {
    return fields.refuse('SYMBOL_UNKNOWN', 'conid', 'is a number that the instrument list does not name');
  }
  return { instrument, isContract: !['STK', 'CASH', 'CRYPTO'].includes(type ?? '') };
}
