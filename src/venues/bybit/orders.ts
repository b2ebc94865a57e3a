// Bybit's orders, amendments and cancels to intents: every field understood, or the whole request refused (D1-D4, D10).
// Source: bybit-exchange/docs docs/v5/order and docs/v5/position/trading-stop.mdx (2026-07-24).
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { readJsonObject } from '../json-body.js';
import type { StrictObject } from '../json-strict.js';
import { type NamedCancel, readNamedCancel } from '../named-cancels.js';
import { dropUndefined, OrderFields, parsing, refuseDisarm, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { alphaReaders } from './alpha.js';
import { blockTradeReaders } from './block-trades.js';
import { convertReaders } from './converts.js';
import { eventReaders } from './event-quotes.js';
import { leveragedTokenReaders } from './leveraged-tokens.js';
import { classify } from './operations.js';
import { batchOf, readAmendment, readCategory, readOrder, readTradingStop } from './place.js';
import { needIds, needSymbol, type Reader, type Readers, symbolForm } from './reader.js';
import { spreadReaders } from './spreads.js';
import { strategyReaders } from './strategies.js';
import { v3Readers } from './v3.js';

const coinForm = /^[A-Z0-9]{1,20}$/;

/** `RPI` orders are post-only, and more than that. */
const represented: Represented = {
  ...representedAll(`
    symbol side orderType qty price triggerPrice triggerDirection orderId orderLinkId reduceOnly marketUnit takeProfit stopLoss
    tpLimitPrice slLimitPrice tpSize slSize orderQty orderPrice orderCategory activePrice subUserId
  `),
  timeInForce: 'GTC IOC FOK PostOnly GoodTillCancel ImmediateOrCancel FillOrKill'.split(' '),
  positionIdx: ['0', '1', '2'],
  isLeverage: ['0'],
};

const readers: ReadonlyMap<string, Reader> = new Map(
  [
    orderReaders(),
    spreadReaders,
    blockTradeReaders,
    strategyReaders,
    leveragedTokenReaders,
    alphaReaders,
    eventReaders,
    convertReaders,
    v3Readers,
    cancelReaders(),
  ].flatMap((each) => Object.entries(each)),
);

/** Of the four categories. */
function orderReaders(): Readers {
  return {
    'v5/order/create': (fields, base) => [readOrder(fields, base, readCategory(fields))],
    'v5/order/create-batch': batchOf(readOrder),
    'v5/order/amend': (fields, base) => [readAmendment(fields, base, readCategory(fields))],
    'v5/order/amend-batch': batchOf(readAmendment),
    'v5/position/trading-stop': (fields, base) => readTradingStop(fields, base, readCategory(fields)),
    'v5/order/cancel': readCancel,
    'v5/order/cancel-batch': batchOf((fields, base) => cancel(base, needSymbol(fields), needIds(fields))),
    'v5/order/cancel-all': readCancelAll,
    'v5/order/disconnected-cancel-all': readDisconnect,
  };
}

/** docs/v5/rfq/trade/cancel-rfq.mdx and cancel-quote.mdx; bybit-api 4.7.7 types/request/v5-rfq, v5-event, v5-strategy. */
function cancelReaders(): Readers {
  return {
    'v5/rfq/cancel-rfq': named({ ids: ['rfqId', 'rfqLinkId'] }),
    'v5/rfq/cancel-all-rfq': named({ canBeAll: true }),
    'v5/rfq/cancel-quote': named({ ids: ['quoteId', 'quoteLinkId', 'rfqId'] }),
    'v5/rfq/cancel-all-quotes': named({ canBeAll: true }),
    'v5/event/cancel': named({ ids: ['orderId', 'orderLinkId'] }),
    'v5/strategy/stop': named({ ids: ['strategyId'] }),
  };
}

function named(row: NamedCancel): Reader {
  return (fields, base) => [readNamedCancel(fields, base, row)];
}

/** Never throws on its input. A row without a reader is refused by name. */
export function parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  const { class: kind, operation } = classify(request);
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') {
    return { ok: false, code: 'NOT_AN_ORDER', message: 'not an order, amend or cancel operation of Bybit' };
  }
  const reader = readers.get(operation);
  if (reader === undefined) {
    return {
      ok: false,
      code: 'PRODUCT_UNSUPPORTED',
      message: `orders through ${operation} cannot be checked and are refused`,
    };
  }
  return parsing(() => {
    const fields = new OrderFields(membersOf(request, operation), represented);
    const intents = reader(fields, intentBase('bybit', context), context);
    return { ok: true, intents: fields.seal(intents) };
  });
}

/** What cancels all may come without a body, as bybit-api sends it. */
function membersOf(request: HttpRequest, operation: string): StrictObject {
  if (/^v5\/rfq\/cancel-all-/.test(operation) && request.body.length === 0) return new Map();
  const body = readJsonObject(request);
  return body.ok ? body.object : refuseOrder('BODY_UNREADABLE', body.problem);
}

function readCancel(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  readCategory(fields);
  fields.choice('orderFilter', { Order: true, tpslOrder: true, StopOrder: true });
  return [cancel(base, needSymbol(fields), needIds(fields))];
}

function readCancelAll(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  readCategory(fields);
  fields.match('baseCoin', coinForm);
  fields.match('settleCoin', coinForm);
  fields.match('orderFilter', /^[A-Za-z]{1,30}$/);
  fields.match('stopOrderType', /^Stop$/);
  return [cancel(base, fields.match('symbol', symbolForm) ?? '', {})];
}

/** Disconnection protection: Bybit cancels when the connection is lost for `timeWindow` seconds. */
function readDisconnect(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  fields.choice('product', { OPTIONS: true, DERIVATIVES: true, SPOT: true });
  const seconds = fields.id('timeWindow', /^\d{1,3}$/);
  if (seconds === undefined) fields.refuse('FIELD_MISSING', 'timeWindow', 'is missing');
  refuseDisarm('timeWindow', seconds);
  return [cancel(base, '', {})];
}

function cancel(
  base: IntentBase,
  instrument: string,
  ids: Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'>,
): OrderIntent {
  return dropUndefined({ ...base, action: 'cancel' as const, instrument, ...ids });
}
