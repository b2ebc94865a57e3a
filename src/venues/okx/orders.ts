// OKX order, amend and cancel bodies to intents: every field understood, or the whole request refused (D1-D4, D10).
import { decimal } from '../../core/decimal.js';
import { type HttpRequest, headerOf } from '../../core/http.js';
import type { OrderIntent } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { intentBase } from '../intent-base.js';
import { isStrictObject, parseStrictJson, type StrictJson } from '../json-strict.js';
import { type NamedCancel, readNamedCancel } from '../named-cancels.js';
import { dropUndefined, OrderFields, parsing, refuseDisarm, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { amendAlgo, placeAlgo } from './algo.js';
import type { Reader } from './bot-fields.js';
import { classify } from './operations.js';
import { identifier, instrumentOfCancel, needInstrument, needOrderIds, needWord } from './order-ids.js';
import { amendOrder, placeOrder } from './place.js';
import { productReaders } from './products.js';

/** Reads one object, or a list of at most so many. */
interface Shape {
  read: Reader;
  most?: number;
  /** No body at all stands for one without members. */
  canBeEmpty?: true;
}

// OKX v5 reference: at most 20 orders a batch, 10 algo orders a cancel, 10 bots a stop.
const mostOrders = 20;
const mostAlgos = 10;
/** Stops of bots take a list. */
const botStops = /^tradingBot\/(?:grid|signal|recurring)\/stop-order-algo$/;

/** Of the kinds of orders, what an intent's type and time in force say; `optimal_limit_ioc` and market makers' kinds they do not. */
const represented: Represented = {
  ...representedAll(`
    instId instIdCode side sz px ordId clOrdId algoId algoClOrdId attachAlgoId attachAlgoClOrdId tgtCcy closeFraction reduceOnly
    newSz newPx triggerPx orderPx pxLimit activePx advanceOrdType tpTriggerPx tpOrdPx slTriggerPx slOrdPx newTriggerPx newOrdPx
    newTpTriggerPx newTpOrdPx newSlTriggerPx newSlOrdPx sprdId lever
  `),
  posSide: ['net', 'long', 'short'],
  ordType: 'market limit post_only ioc fok conditional oco trigger move_order_stop twap'.split(' '),
};

const shapes: ReadonlyMap<string, Shape> = new Map([
  ['trade/order', { read: placeOrder }],
  ['trade/batch-orders', { read: placeOrder, most: mostOrders }],
  ['trade/order-algo', { read: placeAlgo }],
  ['trade/close-position', { read: closePosition }],
  ['trade/amend-order', { read: amendOrder }],
  ['trade/amend-batch-orders', { read: amendOrder, most: mostOrders }],
  ['trade/amend-algos', { read: amendAlgo }],
  ['trade/cancel-order', { read: cancelOrder }],
  ['trade/cancel-batch-orders', { read: cancelOrder, most: mostOrders }],
  ['trade/cancel-algos', { read: cancelAlgo, most: mostAlgos }],
  ['trade/cancel-advance-algos', { read: cancelAlgo, most: mostAlgos }],
  ['trade/mass-cancel', { read: massCancel }],
  ['trade/cancel-all-after', { read: cancelAllAfter }],
  ['sprd/cancel-all-after', { read: cancelAllAfter }],
  ['rfq/cancel-all-after', { read: cancelAllAfter }],
  ...namedCancels(),
  ...otherProducts(),
]);

/** okx-api 3.2.3 RestClient: cancelSpreadOrder, cancelAllSpreadOrders, cancelBlockRFQ and its kin, cancelSubOrder. */
function namedCancels(): [string, Shape][] {
  const rows: Readonly<Record<string, NamedCancel>> = {
    'sprd/cancel-order': { ids: ['ordId', 'clOrdId'] },
    'sprd/mass-cancel': { ids: ['sprdId'], canBeAll: true },
    'rfq/cancel-rfq': { ids: ['rfqId', 'clRfqId'] },
    'rfq/cancel-batch-rfqs': { lists: ['rfqIds', 'clRfqIds'] },
    'rfq/cancel-all-rfqs': { canBeAll: true },
    'rfq/cancel-quote': { ids: ['quoteId', 'clQuoteId', 'rfqId'] },
    'rfq/cancel-batch-quotes': { lists: ['quoteIds', 'clQuoteIds'] },
    'rfq/cancel-all-quotes': { canBeAll: true },
    'tradingBot/signal/cancel-sub-order': { ids: ['signalOrdId'], beside: ['algoId', 'instId'] },
    'tradingBot/grid/cancel-close-order': { ids: ['ordId'], beside: ['algoId'] },
  };
  return Object.entries(rows).map(([operation, row]) => [
    operation,
    {
      read: (fields, context) => readNamedCancel(fields, intentBase('okx', context), row),
      ...(row.canBeAll === true ? { canBeEmpty: true } : {}),
    },
  ]);
}

function otherProducts(): [string, Shape][] {
  return Object.entries(productReaders).map(([operation, read]) => [
    operation,
    { read, ...(botStops.test(operation) ? { most: mostAlgos } : {}) },
  ]);
}

/** Never throws on its input. */
export function parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  return parsing(() => {
    const { class: kind, operation } = classify(request);
    if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') {
      refuseOrder('NOT_AN_ORDER', 'this is no order, amend or cancel operation of OKX');
    }
    const shape = shapes.get(operation);
    if (shape === undefined) {
      refuseOrder('PRODUCT_UNSUPPORTED', `orders through ${operation} cannot be checked and are refused`);
    }
    return {
      ok: true,
      intents: fieldsOf(request, shape).map((fields) => readWhole(shape, fields, context)),
    };
  });
}

function fieldsOf(request: HttpRequest, shape: Shape): readonly OrderFields[] {
  if (shape.canBeEmpty === true && request.body.length === 0)
    return [new OrderFields(new Map(), represented)];
  return objectsOf(readBody(request), shape);
}

function readBody(request: HttpRequest): StrictJson {
  const type = headerOf(request.headers, 'content-type');
  if (type === undefined || !/^application\/json(?:; ?charset=utf-8)?$/i.test(type)) {
    refuseOrder('BODY_UNREADABLE', 'the body is not sent as application/json');
  }
  if (headerOf(request.headers, 'content-encoding') !== undefined) {
    refuseOrder('BODY_UNREADABLE', 'the body is compressed');
  }
  const body = parseStrictJson(request.body);
  return body.ok ? body.value : refuseOrder('BODY_UNREADABLE', body.message);
}

function objectsOf(body: StrictJson, { most }: Shape): readonly OrderFields[] {
  if (most === undefined) return [objectOf(body, 'the order')];
  if (!Array.isArray(body)) refuseOrder('BODY_UNREADABLE', 'the body is not a list');
  const entries: readonly StrictJson[] = body;
  if (entries.length === 0 || entries.length > most) {
    refuseOrder('BODY_UNREADABLE', `the batch holds ${entries.length} entries, not 1 to ${most}`);
  }
  return entries.map((entry, index) => objectOf(entry, `entry ${index}`));
}

function objectOf(value: StrictJson, place: string): OrderFields {
  if (!isStrictObject(value)) refuseOrder('BODY_UNREADABLE', `${place} is not an object`);
  return new OrderFields(value, represented, place);
}

function readWhole({ read }: Shape, fields: OrderFields, context: ParseContext): OrderIntent {
  return fields.sealOne(read(fields, context));
}

function closePosition(fields: OrderFields, context: ParseContext): OrderIntent {
  const positionSide = fields.choice('posSide', { net: undefined, long: 'long', short: 'short' } as const);
  needWord(fields, 'mgnMode', ['cross', 'isolated']);
  fields.flag('autoCxl');
  fields.keep('ccy', 'tag');
  return dropUndefined<OrderIntent>({
    ...intentBase('okx', context),
    action: 'place',
    instrument: needInstrument(fields, context),
    side: positionSide && (positionSide === 'long' ? 'sell' : 'buy'),
    positionSide,
    type: 'market',
    quantity: { value: decimal('1'), unit: 'close-all' },
    reduceOnly: true,
    clientOrderId: fields.ownId('clOrdId', identifier),
  });
}

function cancelOrder(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.keep('tag');
  return {
    ...intentBase('okx', context),
    action: 'cancel',
    instrument: instrumentOfCancel(fields, context),
    ...needOrderIds(fields, 'ordId', 'clOrdId'),
  };
}

function cancelAlgo(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.keep('tag');
  return {
    ...intentBase('okx', context),
    action: 'cancel',
    instrument: instrumentOfCancel(fields, context),
    ...needOrderIds(fields, 'algoId', 'algoClOrdId'),
  };
}

function massCancel(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.keep('tag', 'lockInterval');
  needWord(fields, 'instType', ['OPTION']);
  fields.need('instFamily', /^[A-Z0-9_-]{3,40}$/);
  return { ...intentBase('okx', context), action: 'cancel', instrument: '' };
}

/** Arms OKX's dead-man switch. */
function cancelAllAfter(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.keep('tag');
  const seconds = fields.id('timeOut', /^\d{1,3}$/);
  if (seconds === undefined) fields.refuse('FIELD_MISSING', 'timeOut', 'is missing');
  refuseDisarm('timeOut', seconds);
  return { ...intentBase('okx', context), action: 'cancel', instrument: '' };
}
