// Binance spot trading over the paper engine (rest-api.md, "Trading endpoints"): market, limit and limit-maker orders, stops and take-profits.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { amendOrder, cancelAll, cancelOrder, placeOrder } from '../desk.js';
import {
  type NewOrder,
  type PaperOrder,
  type PaperTimeInForce,
  type Trail,
  triggerMoveOf,
} from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields } from '../fields.js';
import { numberOf, orderOf, type PrivateCall, type Row, spotTypes, symbols } from './call.js';
import { orderRow } from './order-rows.js';

type Handler = (call: PrivateCall) => unknown;

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const satisfies Record<
  string,
  PaperTimeInForce
>;
const clientIdForm = /^[a-zA-Z0-9-_]{1,36}$/;

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['POST /api/v3/order', (call) => placedRow(call, placeOrder(call, readOrder(call)))],
  [
    'POST /api/v3/order/test',
    (call) => {
      readOrder(call);
      return {};
    },
  ],
  ['POST /api/v3/order/cancelReplace', cancelReplace],
  ['PUT /api/v3/order/amend/keepPriority', amendKeepPriority],
  ['DELETE /api/v3/order', cancel],
  [
    'DELETE /api/v3/openOrders',
    (call) => {
      const { symbol } = symbols.need(call.fields.required('symbol'));
      const gone = cancelAll(call, (order) => order.symbol === symbol);
      if (gone.length === 0) throw new PaperFault('ORDER_UNKNOWN');
      return gone.map((order) => canceledRow(call, order));
    },
  ],
]);

/** What the paper engine has none of. */
const notOnPaper = ['icebergQty', 'pegPriceType', 'pegOffsetType'];
const basisPoints = decimal('10000');

/** What the orders of a list share. */
export interface SharedFields {
  side: string;
  quantity: string;
}

/** One order whose parameters begin with `prefix`; `shared` names those that a list has once. */
export function readOrder(
  { fields }: PrivateCall,
  prefix = '',
  shared: Partial<SharedFields> = {},
): NewOrder {
  const named = (name: string) =>
    prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1);
  const { symbol } = symbols.need(fields.required('symbol'));
  const side =
    fields.oneOf(shared.side ?? named('side'), ['BUY', 'SELL']) === 'BUY'
      ? ('buy' as const)
      : ('sell' as const);
  const type = fields.oneOf(named('type'), spotTypes);
  if (notOnPaper.some((name) => fields.has(named(name)))) throw new PaperFault('NOT_ON_PAPER');
  const idName = prefix === '' ? 'newClientOrderId' : named('clientOrderId');
  const clientId = fields.text(idName);
  if (clientId !== undefined && !clientIdForm.test(clientId)) throw new PaperFault('PARAMETER_BAD', idName);
  const isLimited = type.startsWith('LIMIT') || type.endsWith('LIMIT');
  const isTimed = isLimited && type !== 'LIMIT_MAKER';
  const timeInForce = isTimed ? fields.oneOf(named('timeInForce'), ['GTC', 'IOC', 'FOK']) : 'GTC';
  const quote = type === 'MARKET' && prefix === '' ? fields.amount('quoteOrderQty') : undefined;
  if (quote !== undefined && fields.has('quantity')) throw new PaperFault('PARAMETER_BAD', 'quoteOrderQty');
  return {
    symbol,
    side,
    ...(isLimited ? { price: fields.requiredAmount(named('price')) } : {}),
    timeInForce: isTimed ? timesInForce[timeInForce] : isLimited ? 'post-only' : 'ioc',
    quantity:
      quote === undefined
        ? { value: fields.requiredAmount(shared.quantity ?? named('quantity')), unit: 'size' }
        : { value: quote, unit: 'quote' },
    reduceOnly: false,
    ...(fields.has(named('trailingDelta'))
      ? { trail: trailOf(fields, named, type) }
      : /^(?:STOP|TAKE)/.test(type)
        ? {
            trigger: fields.requiredAmount(named('stopPrice')),
            triggerMove: triggerMoveOf(side, type.startsWith('TAKE_PROFIT')),
          }
        : {}),
    ...(clientId === undefined ? {} : { clientId }),
    memo: { type, timeInForce },
  };
}

/** faqs/trailing-stop-faq.md: a stop-loss behind the best price by so many basis points, from `stopPrice` on. A take-profit trails the other way. */
function trailOf(fields: Fields, named: (name: string) => string, type: string): Trail {
  const points = fields.requiredAmount(named('trailingDelta'));
  if (!type.startsWith('STOP_LOSS')) throw new PaperFault('NOT_ON_PAPER');
  if (points.lt(decimal('10')) || points.gt(decimal('2000')))
    throw new PaperFault('PARAMETER_BAD', named('trailingDelta'));
  const activation = fields.amount(named('stopPrice'));
  return { value: points.div(basisPoints), unit: 'ratio', ...(activation && { activation }) };
}

/** "Cancel an Existing Order and Send a New Order": what fails is told alone, without the other half. */
function cancelReplace(call: PrivateCall): Row {
  const { fields } = call;
  fields.oneOf('cancelReplaceMode', ['STOP_ON_FAILURE', 'ALLOW_FAILURE']);
  const order = readOrder(call);
  const name = { orderId: 'cancelOrderId', origClientOrderId: 'cancelOrigClientOrderId' };
  const named = Object.entries(name).flatMap(([own, given]): [string, string][] => {
    const text = fields.text(given);
    return text === undefined ? [] : [[own, text]];
  });
  const asked = new Fields(new Map([['symbol', fields.required('symbol')], ...named]));
  const cancelResponse = cancel({ ...call, fields: asked });
  const newOrderResponse = placedRow(call, placeOrder(call, order));
  return { cancelResult: 'SUCCESS', newOrderResult: 'SUCCESS', cancelResponse, newOrderResponse };
}

/** "Order Amend Keep Priority": a smaller quantity, never a larger one. */
function amendKeepPriority(call: PrivateCall): Row {
  const { fields, engine } = call;
  const order = orderOf(call);
  const size = fields.requiredAmount('newQty');
  if (order !== undefined && size.gte(order.size)) throw new PaperFault('PARAMETER_BAD', 'newQty');
  const {
    time: _time,
    updateTime: _updateTime,
    origQty,
    clientOrderId,
    ...row
  } = orderRow(amendOrder(call, order, { size }));
  return {
    transactTime: engine.nowMs,
    executionId: engine.nowMs,
    amendedOrder: { ...row, qty: origQty, clientOrderId, origClientOrderId: clientOrderId },
  };
}

/** Cancelling one order of a list ends the list ("Cancel order"). */
function cancel(call: PrivateCall): Row {
  const order = cancelOrder(call, orderOf(call));
  if (order.link !== undefined) cancelAll(call, ({ link }) => link?.id === order.link?.id);
  return canceledRow(call, order);
}

/** The answer of kind FULL, whatever was asked for: clients read what they know of it. */
export function placedRow({ account, engine }: PrivateCall, order: PaperOrder): Row {
  const { time: _time, updateTime: _updateTime, ...row } = orderRow(order);
  const fills = account.fills.filter(({ orderId }) => orderId === order.id);
  return {
    ...row,
    transactTime: engine.nowMs,
    fills: fills.map((fill) => ({
      price: formatDecimal(fill.price),
      qty: formatDecimal(fill.size),
      commission: formatDecimal(fill.fee),
      commissionAsset: fill.feeCurrency,
      tradeId: numberOf(fill.id),
    })),
  };
}

export function canceledRow({ engine }: PrivateCall, order: PaperOrder): Row {
  const { clientOrderId, ...row } = orderRow(order);
  return {
    ...row,
    origClientOrderId: clientOrderId,
    clientOrderId: `cancel-${numberOf(order.id)}`,
    transactTime: engine.nowMs,
  };
}
