// OKX order, amend and cancel bodies to intents: every field understood, or the whole request refused (D1-D4, D10).
import { decimal } from '../../core/decimal.js';
import { type HttpRequest, headerOf } from '../../core/http.js';
import type { OrderIntent } from '../../core/order.js';
import { parseStrictJson, type StrictJson } from '../json-strict.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { amendAlgo, placeAlgo } from './algo.js';
import { type Fields, NotUnderstood, objectOf, objectsOf } from './fields.js';
import { classify } from './operations.js';
import { amendOrder, placeOrder, readInstrument, readOrderIds, scope } from './place.js';

type Reader = (body: StrictJson, context: ParseContext) => readonly OrderIntent[];

// OKX v5 reference: at most 20 orders a batch, 10 algo orders a cancel.
const mostOrders = 20;
const mostAlgos = 10;

const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    'trade/order': one(placeOrder),
    'trade/batch-orders': many(placeOrder, mostOrders),
    'trade/order-algo': one(placeAlgo),
    'trade/close-position': one(closePosition),
    'trade/amend-order': one(amendOrder),
    'trade/amend-batch-orders': many(amendOrder, mostOrders),
    'trade/amend-algos': one(amendAlgo),
    'trade/cancel-order': one(cancelOrder),
    'trade/cancel-batch-orders': many(cancelOrder, mostOrders),
    'trade/cancel-algos': many(cancelAlgo, mostAlgos),
    'trade/cancel-advance-algos': many(cancelAlgo, mostAlgos),
    'trade/mass-cancel': one(massCancel),
    'trade/cancel-all-after': one(cancelAllAfter),
  }),
);

/** Never throws on its input. Products without a reader (bots, copy trading, RFQ, spreads, convert) are refused by name. */
export function parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  const { class: kind, operation } = classify(request);
  const reader = readers.get(operation);
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') {
    return { ok: false, code: 'NOT_AN_ORDER', message: 'not an order, amend or cancel operation of OKX' };
  }
  if (reader === undefined) {
    return {
      ok: false,
      code: 'PRODUCT_UNSUPPORTED',
      message: `orders through ${operation} cannot be checked and are refused`,
    };
  }
  const contentType = headerOf(request.headers, 'content-type');
  if (contentType === undefined || !/^application\/json(?:; ?charset=utf-8)?$/i.test(contentType)) {
    return { ok: false, code: 'CONTENT_TYPE', message: 'the body is not sent as application/json' };
  }
  if (headerOf(request.headers, 'content-encoding') !== undefined) {
    return { ok: false, code: 'CONTENT_ENCODING', message: 'the body is compressed' };
  }
  const body = parseStrictJson(request.body);
  if (!body.ok) return body;
  try {
    return { ok: true, intents: reader(body.value, context) };
  } catch (thrown) {
    if (thrown instanceof NotUnderstood) return { ok: false, code: thrown.code, message: thrown.message };
    throw thrown;
  }
}

function one(read: (fields: Fields, context: ParseContext) => OrderIntent): Reader {
  return (body, context) => [finished(read, objectOf('the body', body), context)];
}

function many(read: (fields: Fields, context: ParseContext) => OrderIntent, most: number): Reader {
  return (body, context) =>
    objectsOf('the body', body, most).map((fields) => finished(read, fields, context));
}

function finished(
  read: (fields: Fields, context: ParseContext) => OrderIntent,
  fields: Fields,
  context: ParseContext,
): OrderIntent {
  const intent = read(fields, context);
  fields.finish();
  return intent;
}

function closePosition(fields: Fields, context: ParseContext): OrderIntent {
  const posSide = fields.oneOf('posSide', ['net', 'long', 'short']);
  fields.requiredOneOf('mgnMode', ['cross', 'isolated']);
  fields.flag('autoCxl');
  fields.ignore('ccy', 'tag');
  const clientOrderId = fields.text('clOrdId');
  return {
    ...scope(context),
    action: 'place',
    ...readInstrument(fields, context),
    ...(posSide === 'long' ? { side: 'sell' } : posSide === 'short' ? { side: 'buy' } : {}),
    type: 'market',
    quantity: { value: decimal('1'), unit: 'close-all' },
    reduceOnly: true,
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
  };
}

function cancelOrder(fields: Fields, context: ParseContext): OrderIntent {
  fields.ignore('tag');
  return {
    ...scope(context),
    action: 'cancel',
    ...readInstrument(fields, context),
    ...readOrderIds(fields, 'ordId', 'clOrdId'),
  };
}

function cancelAlgo(fields: Fields, context: ParseContext): OrderIntent {
  fields.ignore('tag');
  return {
    ...scope(context),
    action: 'cancel',
    ...readInstrument(fields, context),
    ...readOrderIds(fields, 'algoId', 'algoClOrdId'),
  };
}

function massCancel(fields: Fields, context: ParseContext): OrderIntent {
  fields.ignore('tag', 'lockInterval');
  fields.requiredOneOf('instType', ['OPTION']);
  fields.required('instFamily');
  return { ...scope(context), action: 'cancel', instrument: '' };
}

/** Arms OKX's dead-man switch. Disarming it is refused: the switch may be the operator's. */
function cancelAllAfter(fields: Fields, context: ParseContext): OrderIntent {
  fields.ignore('tag');
  const seconds = fields.required('timeOut', /^\d{1,3}$/);
  if (/^0+$/.test(seconds)) {
    throw new NotUnderstood('DEAD_MAN_DISARM', 'timeOut 0 would disarm the dead-man switch');
  }
  return { ...scope(context), action: 'cancel', instrument: '' };
}
