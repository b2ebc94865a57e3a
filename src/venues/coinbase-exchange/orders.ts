// Coinbase Exchange orders as intents. Source: docs.cdp.coinbase.com Exchange REST (create-a-new-order, cancel-an-order,
// cancel-all-orders), ccxt 4.5.84 coinbaseexchange createOrder().
import { decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent, OrderSide, OrderType, Quantity, TimeInForce } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { parseStrictForm } from '../form-strict.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { readJsonObject } from '../json-body.js';
import type { StrictJson } from '../json-strict.js';
import { dropUndefined, OrderFields, parsing, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';

const represented: Represented = representedAll(
  'type side product_id price size funds stop stop_price client_oid time_in_force post_only repay_only',
);
const sides: Readonly<Record<string, OrderSide>> = { buy: 'buy', sell: 'sell' };
const types: Readonly<Record<string, 'limit' | 'market'>> = { limit: 'limit', market: 'market' };
const timesInForce: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  GTT: 'gtd',
  IOC: 'ioc',
  FOK: 'fok',
};
const selfTrade = { dc: true, co: true, cn: true, cb: true };
/** `loss` triggers at or below the stop price, `entry` at or above. */
const stops: Readonly<Record<string, 'below' | 'above'>> = { loss: 'below', entry: 'above' };
const lifetimes = { min: true, hour: true, day: true };

// The reference says UUID; coinbase-api 1.2.6 makes prefixed nanoids, which have underscores.
const clientId = /^[A-Za-z0-9_-]{1,64}$/;
const product = /^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$/;
// ccxt writes its own symbol, BTC/USD, into cancels; it only speeds the venue's search.
const productHint = /^[A-Z0-9]{1,20}[-/][A-Z0-9]{1,20}$/;

export function parseExchangeOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    const common = intentBase('coinbase-exchange', context);
    if (request.method === 'POST' && request.path === '/orders')
      return { ok: true, intents: [place(request, common)] };
    if (request.method === 'DELETE' && /^\/orders(?:\/[^/]+)?$/.test(request.path)) {
      return { ok: true, intents: [cancel(request, common)] };
    }
    if (request.method === 'POST' && request.path === '/position/close')
      return { ok: true, intents: [close(request, common)] };
    return refuseOrder('NOT_AN_ORDER', 'the path places or cancels no order that is understood');
  });
}

function place(request: HttpRequest, common: IntentBase): OrderIntent {
  if (request.query !== '') refuseOrder('BODY_UNREADABLE', 'an order carries a query string');
  const fields = new OrderFields(bodyOf(request), represented);
  const side = fields.choice('side', sides) ?? fields.refuse('FIELD_MISSING', 'side', 'is missing');
  const type = fields.choice('type', types, 'ORDER_TYPE_UNSUPPORTED');
  if (type === undefined) return fields.refuse('FIELD_MISSING', 'type', 'is missing');
  const price = fields.positive('price');
  if ((price === undefined) !== (type === 'market')) {
    fields.refuse('FIELD_CONFLICT', 'price', 'belongs to limit orders, and to them only');
  }
  const stop = fields.choice('stop', stops);
  const trigger = fields.positive('stop_price');
  if ((stop === undefined) !== (trigger === undefined)) {
    fields.refuse('FIELD_CONFLICT', 'stop_price', 'needs stop, loss or entry, beside it');
  }
  fields.choice('stp', selfTrade);
  fields.positive('max_floor');
  const intent = dropUndefined<OrderIntent>({
    ...common,
    action: 'place',
    instrument: fields.need('product_id', product),
    side,
    type: stop === undefined ? type : triggeredType(type, side, stop),
    timeInForce: timeInForceOf(fields, type),
    quantity: quantityOf(fields, type),
    price,
    trigger,
    clientOrderId: fields.ownId('client_oid', clientId),
  });
  return fields.sealOne(intent);
}

function triggeredType(type: 'limit' | 'market', side: OrderSide, stop: 'below' | 'above'): OrderType {
  const isStop = (side === 'sell') === (stop === 'below');
  if (type === 'limit') return isStop ? 'stop-limit' : 'take-profit-limit';
  return isStop ? 'stop' : 'take-profit';
}

function quantityOf(fields: OrderFields, type: 'limit' | 'market'): Quantity {
  const size = fields.positive('size');
  const funds = fields.positive('funds');
  if (size !== undefined && funds !== undefined)
    fields.refuse('FIELD_CONFLICT', 'funds', 'stands beside size');
  if (size !== undefined) return { value: size, unit: 'base' };
  if (funds === undefined || type === 'limit') return fields.refuse('FIELD_MISSING', 'size', 'is missing');
  return { value: funds, unit: 'quote' };
}

function timeInForceOf(fields: OrderFields, type: 'limit' | 'market'): TimeInForce | undefined {
  const timeInForce = fields.choice('time_in_force', timesInForce);
  const lifetime = fields.choice('cancel_after', lifetimes);
  if ((lifetime === undefined) === (timeInForce === 'gtd')) {
    fields.refuse('FIELD_CONFLICT', 'cancel_after', 'belongs to GTT orders, and to them only');
  }
  if (fields.flag('post_only') !== true) return timeInForce;
  if (type === 'market' || timeInForce === 'ioc' || timeInForce === 'fok') {
    fields.refuse('FIELD_CONFLICT', 'post_only', 'does not go with an order that takes');
  }
  return 'post-only';
}

/**
 * All of the margin profile's position, whose product the request does not name, at market. S7: with `repay_only` nothing is traded, and
 * what was borrowed is paid back. Source: ccxt 4.5.84 coinbaseexchange `api` and the Coinbase Pro client of Python,
 * AuthenticatedClient.close_position(repay_only); the reference of today has it no more.
 */
function close(request: HttpRequest, common: IntentBase): OrderIntent {
  if (request.query !== '') refuseOrder('BODY_UNREADABLE', 'an order carries a query string');
  const fields = new OrderFields(bodyOf(request), represented);
  if (fields.flag('repay_only') === true)
    fields.refuse('FIELD_INVALID', 'repay_only', 'repays what was borrowed, which is no order');
  return fields.sealOne({
    ...common,
    action: 'place',
    instrument: '',
    type: 'market',
    quantity: { value: decimal('0'), unit: 'close-all' },
    reduceOnly: true,
  });
}

function cancel(request: HttpRequest, common: IntentBase): OrderIntent {
  const id = request.path.split('/')[2];
  const fields = new OrderFields(cancelParameters(request), represented);
  const hint = fields.match('product_id', productHint)?.replace('/', '-');
  // coinbase-api 1.2.6 CBExchangeClient.cancelOrder(): an object where axios wants the query, and nothing in it.
  fields.match('body', /^\[object Object\]$/);
  fields.done();
  const order: OrderIntent = { ...common, action: 'cancel', instrument: hint ?? '' };
  if (id === undefined) return order;
  return id.startsWith('client:')
    ? { ...order, clientOrderId: id.slice('client:'.length) }
    : { ...order, venueOrderId: id };
}

/** coinbase-api sends them in the query, ccxt in a body: either, never both. */
function cancelParameters(request: HttpRequest): ReadonlyMap<string, StrictJson> {
  if (request.body.length === 0) {
    const query = parseStrictForm(request.query, { plus: 'literal' });
    return query.ok ? query.fields : refuseOrder('BODY_UNREADABLE', query.message);
  }
  if (request.query !== '') refuseOrder('BODY_UNREADABLE', 'a cancel has parameters in query and body');
  return bodyOf(request);
}

function bodyOf(request: HttpRequest): ReadonlyMap<string, StrictJson> {
  const body = readJsonObject(request);
  return body.ok ? body.object : refuseOrder('BODY_UNREADABLE', body.problem);
}
