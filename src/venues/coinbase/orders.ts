// Coinbase Advanced orders as intents. Source: docs.cdp.coinbase.com Advanced Trade REST (create-order, edit-order, cancel-orders,
// close-position), coinbase-api 1.2.6 types, ccxt 4.5.84 coinbase createOrder().
import { decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type {
  OrderIntent,
  OrderSide,
  OrderType,
  Quantity,
  QuantityUnit,
  TimeInForce,
} from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { readJsonObject } from '../json-body.js';
import { dropUndefined, OrderFields, parsing, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { ordersPath } from './operations.js';

type Accepted = Extract<ParsedOrders, { ok: true }>;

/** What an `order_configuration` of one name may hold and means. */
interface Shape {
  type: OrderType | 'stop' | 'bracket';
  timeInForce: TimeInForce;
  isGoodTillDate?: true;
}

// scaled_limit_gtc spreads one order over a range by a rule of the venue's: refused.
const shapes: Readonly<Record<string, Shape>> = {
  market_market_ioc: { type: 'market', timeInForce: 'ioc' },
  market_market_fok: { type: 'market', timeInForce: 'fok' },
  sor_limit_ioc: { type: 'limit', timeInForce: 'ioc' },
  limit_limit_gtc: { type: 'limit', timeInForce: 'gtc' },
  limit_limit_gtd: { type: 'limit', timeInForce: 'gtd', isGoodTillDate: true },
  limit_limit_fok: { type: 'limit', timeInForce: 'fok' },
  twap_limit_gtd: { type: 'twap', timeInForce: 'gtd', isGoodTillDate: true },
  stop_limit_stop_limit_gtc: { type: 'stop', timeInForce: 'gtc' },
  stop_limit_stop_limit_gtd: { type: 'stop', timeInForce: 'gtd', isGoodTillDate: true },
  trigger_bracket_gtc: { type: 'bracket', timeInForce: 'gtc' },
  trigger_bracket_gtd: { type: 'bracket', timeInForce: 'gtd', isGoodTillDate: true },
};

const represented: Represented = representedAll(`
  product_id side client_order_id base_size quote_size limit_price stop_price stop_trigger_price stop_direction reduce_only post_only
  leverage size price order_id order_ids
`);
const sides: Readonly<Record<string, OrderSide>> = { BUY: 'buy', SELL: 'sell' };
const marginTypes = { CROSS: true, ISOLATED: true };
const directions: Readonly<Record<string, 'up' | 'down'>> = {
  STOP_DIRECTION_STOP_UP: 'up',
  STOP_DIRECTION_STOP_DOWN: 'down',
};

const clientId = /^[A-Za-z0-9_.:-]{1,128}$/;
const orderId = /^[A-Za-z0-9-]{1,64}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const maxCancel = 100;

// Spot and INTX perpetuals count in base currency, CFTC futures (CDE) in contracts.
const products: readonly [RegExp, QuantityUnit][] = [
  [/^[A-Z0-9]{1,20}-[A-Z0-9]{2,10}$/, 'base'],
  [/^[A-Z0-9]{1,20}-PERP-INTX$/, 'base'],
  [/^[A-Z0-9]{1,20}-\d{2}[A-Z]{3}\d{2}-CDE$/, 'contracts'],
];

export function parseCoinbaseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    if (request.query !== '') return refuseOrder('BODY_UNREADABLE', 'an order carries a query string');
    const body = readJsonObject(request);
    if (!body.ok) return refuseOrder('BODY_UNREADABLE', body.problem);
    const fields = new OrderFields(body.object, represented);
    const common = intentBase('coinbase', context);
    const accepted = parseCall(request.path, fields, common);
    return { ...accepted, intents: fields.seal(accepted.intents) };
  });
}

function parseCall(path: string, fields: OrderFields, common: IntentBase): Accepted {
  switch (path) {
    case ordersPath:
      return { ok: true, intents: [place(fields, common)] };
    case `${ordersPath}/close_position`:
      return { ok: true, intents: [closePosition(fields, common)] };
    case `${ordersPath}/edit`:
      return { ok: true, intents: [edit(fields, common)] };
    case `${ordersPath}/batch_cancel`:
      return { ok: true, intents: cancelBatch(fields, common) };
    default:
      return refuseOrder('NOT_AN_ORDER', 'the path places, changes or cancels no order');
  }
}

function place(fields: OrderFields, common: IntentBase): OrderIntent {
  const { instrument, unit } = productOf(fields);
  const side = fields.choice('side', sides) ?? fields.refuse('FIELD_MISSING', 'side', 'is missing');
  const order: OrderIntent = { ...common, action: 'place', instrument, side };
  const terms = configured(fields, 'order_configuration', order, unit);
  if (terms === undefined) return fields.refuse('FIELD_MISSING', 'order_configuration', 'is missing');
  const exit: OrderIntent = { ...order, side: side === 'buy' ? 'sell' : 'buy', quantity: terms.quantity };
  const attached = configured(fields, 'attached_order_configuration', exit, unit);
  fields.choice('margin_type', marginTypes);
  fields.match('preview_id', orderId);
  fields.match('self_trade_prevention_id', orderId);
  return dropUndefined<OrderIntent>({
    ...terms,
    leverage: fields.positive('leverage'),
    clientOrderId: fields.ownId('client_order_id', clientId),
    legs: attached === undefined ? terms.legs : [...(terms.legs ?? []), attached],
  });
}

/** The one configuration named in the field; `base` gives what it inherits (an attached order's quantity). */
function configured(
  fields: OrderFields,
  field: string,
  base: OrderIntent,
  unit: QuantityUnit,
): OrderIntent | undefined {
  const outer = fields.object(field);
  if (outer === undefined) return undefined;
  const name = Object.keys(shapes).find((known) => outer.has(known));
  const shape = name === undefined ? undefined : shapes[name];
  if (name === undefined || shape === undefined) {
    return refuseOrder('ORDER_TYPE_UNSUPPORTED', `${field} names no configuration that is understood`);
  }
  const inner = outer.object(name) ?? outer.refuse('FIELD_MISSING', name, 'is missing');
  outer.done();
  const isAttached = base.quantity !== undefined;
  if (isAttached && shape.type !== 'bracket') {
    refuseOrder('ORDER_TYPE_UNSUPPORTED', 'only a bracket is understood as an attached order');
  }
  const quantity =
    sizeOf(inner, unit) ?? base.quantity ?? inner.refuse('FIELD_MISSING', 'base_size', 'is missing');
  const intent = shaped(inner, shape, { ...base, quantity, timeInForce: shape.timeInForce });
  if (shape.isGoodTillDate === true) inner.need('end_time', instant);
  inner.done();
  return intent;
}

function shaped(inner: OrderFields, shape: Shape, order: OrderIntent): OrderIntent {
  const reduceOnly = inner.flag('reduce_only');
  const base = dropUndefined<OrderIntent>({ ...order, reduceOnly });
  inner.flag('rfq_disabled');
  if (shape.type === 'market') return { ...base, type: 'market' };
  const price = inner.positive('limit_price') ?? inner.refuse('FIELD_MISSING', 'limit_price', 'is missing');
  if (shape.type === 'stop') {
    const trigger = inner.positive('stop_price') ?? inner.refuse('FIELD_MISSING', 'stop_price', 'is missing');
    const direction = inner.choice('stop_direction', directions);
    if (direction === undefined) return inner.refuse('FIELD_MISSING', 'stop_direction', 'is missing');
    const isStop = (direction === 'up') === (order.side === 'buy');
    return { ...base, type: isStop ? 'stop-limit' : 'take-profit-limit', price, trigger };
  }
  if (shape.type === 'bracket') {
    const trigger =
      inner.positive('stop_trigger_price') ??
      inner.refuse('FIELD_MISSING', 'stop_trigger_price', 'is missing');
    return { ...base, type: 'limit', price, legs: [{ ...base, isAlternative: true, type: 'stop', trigger }] };
  }
  if (shape.type === 'twap') {
    inner.need('start_time', instant);
    inner.id('number_buckets', /^[1-9]\d{0,4}$/);
    inner.positive('bucket_size');
    inner.match('bucket_duration', /^\d{1,6}s$/);
    return { ...base, type: 'twap', price };
  }
  const isPostOnly =
    shape.timeInForce === 'gtc' || shape.timeInForce === 'gtd' ? inner.flag('post_only') : undefined;
  return {
    ...base,
    type: 'limit',
    price,
    ...(isPostOnly === true ? { timeInForce: 'post-only' as const } : {}),
  };
}

function closePosition(fields: OrderFields, common: IntentBase): OrderIntent {
  const { instrument, unit } = productOf(fields);
  const size = fields.positive('size');
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'place',
    instrument,
    type: 'market',
    quantity: size === undefined ? { value: decimal('1'), unit: 'close-all' } : { value: size, unit },
    reduceOnly: true,
    clientOrderId: fields.ownId('client_order_id', clientId),
  });
}

function edit(fields: OrderFields, common: IntentBase): OrderIntent {
  const venueOrderId = fields.need('order_id', orderId);
  const size = fields.positive('size');
  if (fields.flag('cancel_attached_order') === true) {
    fields.refuse('FIELD_INVALID', 'cancel_attached_order', 'takes the protection off an order');
  }
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'amend',
    instrument: '',
    venueOrderId,
    // The edited order's own unit: base for spot, contracts for futures. The ledger knows which.
    quantity: size === undefined ? undefined : { value: size, unit: 'base' },
    price: fields.positive('price'),
    trigger: fields.positive('stop_price'),
  });
}

function cancelBatch(fields: OrderFields, common: IntentBase): OrderIntent[] {
  const ids =
    fields.list('order_ids', maxCancel) ?? fields.refuse('FIELD_MISSING', 'order_ids', 'is missing');
  return ids.map((id) => ({
    ...common,
    action: 'cancel',
    instrument: '',
    venueOrderId: new OrderFields(new Map([['id', id]]), {}, 'order_ids').need('id', orderId),
  }));
}

function sizeOf(inner: OrderFields, unit: QuantityUnit): Quantity | undefined {
  const base = inner.positive('base_size');
  const quote = inner.positive('quote_size');
  if (base !== undefined && quote !== undefined)
    inner.refuse('FIELD_CONFLICT', 'quote_size', 'stands beside base_size');
  if (quote !== undefined) return { value: quote, unit: 'quote' };
  return base === undefined ? undefined : { value: base, unit };
}

function productOf(fields: OrderFields): { instrument: string; unit: QuantityUnit } {
  const instrument = fields.need('product_id', /^[A-Z0-9-]{3,40}$/);
  const unit = products.find(([form]) => form.test(instrument))?.[1];
  return unit === undefined
    ? fields.refuse('SYMBOL_UNKNOWN', 'product_id', 'is no product whose unit is known')
    : { instrument, unit };
}
