// Kraken Futures orders as intents. Sources: docs.kraken.com Futures REST (sendorder, editorder, batchorder, cancelorder,
// cancelallorders, cancelallordersafter), ccxt 4.5.84 krakenfutures createOrderRequest().
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent, OrderSide, OrderType, TimeInForce } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { parseStrictForm } from '../form-strict.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { isStrictObject, parseStrictJson, type StrictJson } from '../json-strict.js';
import { dropUndefined, OrderFields, parsing, refuseDisarm, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { paths } from './operations.js';
import { explainUnsignable } from './signature.js';

interface TypeRow {
  type: OrderType;
  timeInForce?: TimeInForce;
  limitPrice: 'required' | 'optional' | 'refused';
  hasTrigger?: true;
}

// trailing_stop follows the market by a distance; its price is never known: refused.
const types: Readonly<Record<string, TypeRow>> = {
  lmt: { type: 'limit', limitPrice: 'required' },
  post: { type: 'limit', timeInForce: 'post-only', limitPrice: 'required' },
  ioc: { type: 'limit', timeInForce: 'ioc', limitPrice: 'required' },
  fok: { type: 'limit', timeInForce: 'fok', limitPrice: 'required' },
  mkt: { type: 'market', limitPrice: 'refused' },
  stp: { type: 'stop', limitPrice: 'optional', hasTrigger: true },
  take_profit: { type: 'take-profit', limitPrice: 'optional', hasTrigger: true },
};
const withLimit: Readonly<Partial<Record<OrderType, OrderType>>> = {
  stop: 'stop-limit',
  'take-profit': 'take-profit-limit',
};
const sides: Readonly<Record<string, OrderSide>> = { buy: 'buy', sell: 'sell' };
/** `order_tag` says which order of a batch an answer is about. */
const represented: Represented = representedAll(
  'orderType symbol side size limitPrice stopPrice reduceOnly cliOrdId orderId order_id order order_tag',
);
const signals = { mark: true, index: true, last: true, spot: true };

const symbol = /^[A-Za-z]{2,6}_[A-Za-z0-9]{3,20}(?:_[0-9]{6,8})?$/;
const clientId = /^[A-Za-z0-9_.:-]{1,100}$/;
const orderId = /^[A-Za-z0-9-]{1,64}$/;
const orderTag = /^[A-Za-z0-9_-]{1,40}$/;
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const maxBatch = 50;

export function parseFuturesOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    const common = intentBase('kraken-futures', context);
    const fields = new OrderFields(parametersOf(request), represented);
    fields.stamp('processBefore', instant);
    return { ok: true, intents: fields.seal(parseCall(request.path, fields, common)) };
  });
}

function parseCall(path: string, fields: OrderFields, common: IntentBase): OrderIntent[] {
  const all: OrderIntent = { ...common, action: 'cancel', instrument: '' };
  switch (path) {
    case paths.send:
      return [send(fields, common)];
    case paths.edit:
      return [edit(fields, common, 'orderId')];
    case paths.cancel:
      return [cancel(fields, common)];
    case paths.cancelAll:
      return [{ ...all, instrument: fields.has('symbol') ? symbolOf(fields) : '' }];
    case paths.cancelAllAfter:
      armSwitch(fields);
      return [all];
    case paths.batch:
      return batch(fields, common);
    default:
      return refuseOrder('NOT_AN_ORDER', 'the path places, changes or cancels no order');
  }
}

/** A timeout of 0 disarms it: docs.kraken.com/api/docs/futures-api/trading/cancel-all-orders-after. */
function armSwitch(fields: OrderFields): void {
  const seconds = fields.id('timeout', /^\d{1,6}$/);
  if (seconds === undefined) fields.refuse('FIELD_MISSING', 'timeout', 'is missing');
  refuseDisarm('timeout', seconds);
}

function send(fields: OrderFields, common: IntentBase): OrderIntent {
  const name = fields.text('orderType') ?? fields.refuse('FIELD_MISSING', 'orderType', 'is missing');
  const row = Object.hasOwn(types, name) ? types[name] : undefined;
  if (row === undefined)
    return fields.refuse('ORDER_TYPE_UNSUPPORTED', 'orderType', 'has a value that is not understood');
  const price = fields.positive('limitPrice');
  if (price === undefined ? row.limitPrice === 'required' : row.limitPrice === 'refused') {
    fields.refuse('FIELD_CONFLICT', 'limitPrice', `does not go with the type ${name}, or is missing`);
  }
  const trigger = fields.positive('stopPrice');
  if ((trigger !== undefined) !== (row.hasTrigger === true)) {
    fields.refuse('FIELD_CONFLICT', 'stopPrice', `does not go with the type ${name}, or is missing`);
  }
  const value = fields.positive('size') ?? fields.refuse('FIELD_MISSING', 'size', 'is missing');
  fields.choice('triggerSignal', signals);
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'place',
    instrument: symbolOf(fields),
    side: fields.choice('side', sides) ?? fields.refuse('FIELD_MISSING', 'side', 'is missing'),
    type: price === undefined ? row.type : (withLimit[row.type] ?? row.type),
    timeInForce: row.timeInForce,
    quantity: { value, unit: 'contracts' },
    price,
    trigger,
    reduceOnly: fields.flag('reduceOnly'),
    clientOrderId: fields.ownId('cliOrdId', clientId),
  });
}

/** Without `qtyMode` the size is what shall stay open: docs.kraken.com Futures REST, "Edit order", qtyMode RELATIVE. */
function edit(fields: OrderFields, common: IntentBase, idField: 'orderId' | 'order_id'): OrderIntent {
  const value = fields.positive('size');
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'amend',
    instrument: '',
    ...orderNames(fields, idField),
    quantity: value === undefined ? undefined : { value, unit: 'contracts' },
    isOpenQuantity: value === undefined ? undefined : true,
    price: fields.positive('limitPrice'),
    trigger: fields.positive('stopPrice'),
  });
}

function cancel(fields: OrderFields, common: IntentBase): OrderIntent {
  return dropUndefined<OrderIntent>({
    ...common,
    action: 'cancel',
    instrument: '',
    ...orderNames(fields, 'order_id'),
  });
}

function orderNames(
  fields: OrderFields,
  idField: string,
): Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'> {
  const venueOrderId = fields.match(idField, orderId);
  const clientOrderId = fields.match('cliOrdId', clientId);
  if ((venueOrderId === undefined) === (clientOrderId === undefined)) {
    fields.refuse('FIELD_CONFLICT', idField, 'or cliOrdId must name the order, and only one of them');
  }
  return { venueOrderId, clientOrderId };
}

/** Every entry is an order, an edit or a cancel of its own; one that is not understood denies all. */
function batch(fields: OrderFields, common: IntentBase): OrderIntent[] {
  const json = fields.text('json') ?? fields.refuse('FIELD_MISSING', 'json', 'is missing');
  const parsed = parseStrictJson(Buffer.from(json));
  if (!parsed.ok) return refuseOrder('BODY_UNREADABLE', parsed.message);
  if (!isStrictObject(parsed.value)) return refuseOrder('BODY_UNREADABLE', 'the batch is not a JSON object');
  const outer = fields.within('json', parsed.value);
  const entries =
    outer.objects('batchOrder', maxBatch) ?? outer.refuse('FIELD_MISSING', 'batchOrder', 'is missing');
  outer.done();
  return entries.map((entry) => {
    entry.match('order_tag', orderTag);
    return entry.sealOne(batchEntry(entry, common));
  });
}

function batchEntry(entry: OrderFields, common: IntentBase): OrderIntent {
  const kinds = { send, cancel, edit: (fields: OrderFields) => edit(fields, common, 'order_id') };
  const kind = entry.choice<(fields: OrderFields, common: IntentBase) => OrderIntent>('order', kinds);
  return kind === undefined ? entry.refuse('FIELD_MISSING', 'order', 'is missing') : kind(entry, common);
}

function symbolOf(fields: OrderFields): string {
  return fields.need('symbol', symbol).toUpperCase();
}

/** ccxt sends orders in the query and batches as `json=` with the JSON as it is; others send forms. */
function parametersOf(request: HttpRequest): ReadonlyMap<string, StrictJson> {
  const problem = explainUnsignable(request);
  if (problem !== undefined) return refuseOrder('BODY_UNREADABLE', problem);
  const text = request.body.length > 0 ? request.body.toString('utf8') : request.query;
  if (text.startsWith('json={')) {
    // Unescaped: only a text that form decoding leaves as it is has one reading.
    if (/[&+%]/.test(text))
      refuseOrder('BODY_UNREADABLE', 'an unescaped batch holds a character that a form would decode');
    return new Map([['json', text.slice('json='.length)]]);
  }
  if (text.includes('+')) refuseOrder('BODY_UNREADABLE', 'a plus sign in the parameters has two readings');
  const form = parseStrictForm(text, { plus: 'literal' });
  return form.ok ? form.fields : refuseOrder('BODY_UNREADABLE', form.message);
}
