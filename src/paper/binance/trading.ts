// Binance spot trading over the paper engine (rest-api.md, "Trading endpoints"): market, limit and limit-maker orders.
import { formatDecimal } from '../../core/decimal.js';
import { amendOrder, cancelAll, cancelOrder, placeOrder } from '../desk.js';
import type { NewOrder, PaperOrder, PaperTimeInForce } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields } from '../fields.js';
import { numberOf, orderOf, type PrivateCall, type Row, symbols } from './call.js';
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
  ['DELETE /api/v3/order', (call) => canceledRow(call, cancelOrder(call, orderOf(call)))],
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

function readOrder({ fields }: PrivateCall): NewOrder {
  const { symbol } = symbols.need(fields.required('symbol'));
  const side = fields.oneOf('side', ['BUY', 'SELL']);
  const type = fields.oneOf('type', ['LIMIT', 'MARKET', 'LIMIT_MAKER']);
  const clientId = fields.text('newClientOrderId');
  if (clientId !== undefined && !clientIdForm.test(clientId))
    throw new PaperFault('PARAMETER_BAD', 'newClientOrderId');
  const timeInForce = type === 'LIMIT' ? fields.oneOf('timeInForce', ['GTC', 'IOC', 'FOK']) : 'GTC';
  const quote = type === 'MARKET' ? fields.amount('quoteOrderQty') : undefined;
  if (quote !== undefined && fields.has('quantity')) throw new PaperFault('PARAMETER_BAD', 'quoteOrderQty');
  return {
    symbol,
    side: side === 'BUY' ? 'buy' : 'sell',
    ...(type === 'MARKET' ? {} : { price: fields.requiredAmount('price') }),
    timeInForce: type === 'LIMIT' ? timesInForce[timeInForce] : type === 'MARKET' ? 'ioc' : 'post-only',
    quantity:
      quote === undefined
        ? { value: fields.requiredAmount('quantity'), unit: 'size' }
        : { value: quote, unit: 'quote' },
    reduceOnly: false,
    ...(clientId === undefined ? {} : { clientId }),
    memo: { type, timeInForce },
  };
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
  const cancelResponse = canceledRow(call, cancelOrder(call, orderOf({ ...call, fields: asked })));
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

/** The answer of kind FULL, whatever was asked for: clients read what they know of it. */
function placedRow({ account, engine }: PrivateCall, order: PaperOrder): Row {
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

function canceledRow({ engine }: PrivateCall, order: PaperOrder): Row {
  const { clientOrderId, ...row } = orderRow(order);
  return {
    ...row,
    origClientOrderId: clientOrderId,
    clientOrderId: `cancel-${numberOf(order.id)}`,
    transactTime: engine.nowMs,
  };
}
