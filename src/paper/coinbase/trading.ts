// Coinbase Advanced trading over the paper engine: create and cancel orders, stop-limits and brackets too, alone or
// attached. An order's refusal is an answer, not an error. Source: docs.cdp.coinbase.com Advanced Trade, "Create order", "Orders".

import { formatDecimal } from '../../core/decimal.js';
import { otherSide } from '../../core/order.js';
import { amendOrder, cancelOrder, placeWithExits } from '../desk.js';
import { type NewOrder, type PaperTimeInForce, triggerMoveOf } from '../engine/orders.js';
import { type FaultCode, PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { needOrder, orderIdOf, type PrivateCall, products, type Row } from './call.js';
import { configurationOf } from './order-rows.js';

type Handler = (call: PrivateCall) => Row;

const stopLimit = 'stop_limit_stop_limit_gtc';
const bracket = 'trigger_bracket_gtc';
const timesInForce: ReadonlyMap<string, PaperTimeInForce> = new Map([
  ['market_market_ioc', 'ioc'],
  ['market_market_fok', 'fok'],
  ['sor_limit_ioc', 'ioc'],
  ['limit_limit_gtc', 'gtc'],
  ['limit_limit_fok', 'fok'],
  [stopLimit, 'gtc'],
  [bracket, 'gtc'],
]);

const moves = { STOP_DIRECTION_STOP_UP: 'rises', STOP_DIRECTION_STOP_DOWN: 'falls' } as const;

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['/api/v3/brokerage/orders', create],
  ['/api/v3/brokerage/orders/preview', preview],
  ['/api/v3/brokerage/orders/edit', edit],
  ['/api/v3/brokerage/orders/batch_cancel', batchCancel],
]);

/** Advanced Trade REST, "Create order": `error_response.error`. */
const failures: Partial<Readonly<Record<FaultCode, string>>> = {
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_FUND',
  PRICE_NOT_ON_TICK: 'INVALID_PRICE_PRECISION',
  PRICE_TOO_HIGH: 'INVALID_LIMIT_PRICE',
  PRICE_TOO_LOW: 'INVALID_LIMIT_PRICE',
  SIZE_NOT_ON_LOT: 'INVALID_SIZE_PRECISION',
  SIZE_TOO_SMALL: 'INVALID_ORDER_SIZE',
  SIZE_TOO_LARGE: 'INVALID_ORDER_SIZE',
  INSTRUMENT_UNKNOWN: 'INVALID_PRODUCT_ID',
  CLIENT_ID_TAKEN: 'DUPLICATE_CLIENT_ORDER_ID',
  TOO_MANY_ORDERS: 'OPEN_ORDER_LIMIT_EXCEEDED',
};

/** "Edit order": `errors[].edit_failure_reason`. */
const editFailures: Partial<Readonly<Record<FaultCode, string>>> = {
  INSUFFICIENT_BALANCE: 'INSUFFICIENT_FUND',
  NO_CHANGE: 'ORDER_ALREADY_EQUALS_EDIT',
  ORDER_UNKNOWN: 'COMMANDER_REJECTED_EDIT_ORDER',
  ORDER_DONE: 'ONLY_OPEN_ORDERS_CAN_BE_EDITED',
  SIZE_TOO_SMALL: 'BELOW_FILLED_SIZE',
  SIZE_NOT_ON_LOT: 'INVALID_EDITED_SIZE',
  PRICE_NOT_ON_TICK: 'INVALID_EDITED_PRICE',
};

function create(call: PrivateCall): Row {
  try {
    const first = readOrder(call.fields);
    const order = placeWithExits(call, first, attachedOf(call.fields, first));
    return {
      success: true,
      failure_reason: 'UNKNOWN_FAILURE_REASON',
      order_id: orderIdOf(order),
      success_response: {
        order_id: orderIdOf(order),
        product_id: products.of(order),
        side: order.side.toUpperCase(),
        client_order_id: order.clientId ?? '',
      },
      order_configuration: configurationOf(order),
    };
  } catch (thrown) {
    const error = thrown instanceof PaperFault ? failures[thrown.code] : undefined;
    if (error === undefined) throw thrown;
    const message = error.toLowerCase().replaceAll('_', ' ');
    return {
      success: false,
      failure_reason: 'UNKNOWN_FAILURE_REASON',
      order_id: '',
      error_response: {
        error,
        message,
        error_details: message,
        preview_failure_reason: `PREVIEW_${error}`,
        new_order_failure_reason: error,
      },
    };
  }
}

/** "Edit order": a failure is an answer, too. */
function edit(call: PrivateCall): Row {
  try {
    const { fields } = call;
    const [size, price, trigger] = ['size', 'price', 'stop_price'].map((name) => fields.amount(name));
    const change = { size, price, trigger };
    amendOrder(call, needOrder(call, fields.required('order_id')), change);
    return { success: true, errors: [] };
  } catch (thrown) {
    if (!(thrown instanceof PaperFault)) throw thrown;
    return {
      success: false,
      errors: [{ edit_failure_reason: editFailures[thrown.code] ?? 'UNKNOWN_EDIT_ORDER_FAILURE_REASON' }],
    };
  }
}

function preview(call: PrivateCall): Row {
  const { quantity, price } = readOrder(call.fields);
  const size = formatDecimal(quantity.value);
  return {
    order_total: price === undefined ? '0' : formatDecimal(price.times(quantity.value)),
    commission_total: '0',
    errs: [],
    warning: [],
    quote_size: quantity.unit === 'quote' ? size : '0',
    base_size: quantity.unit === 'size' ? size : '0',
    best_bid: '0',
    best_ask: '0',
    is_max: false,
  };
}

function readOrder(fields: Fields): NewOrder {
  const { symbol } = products.need(fields.required('product_id'));
  const side = fields.oneOf('side', ['BUY', 'SELL']);
  const configuration = fields.child('order_configuration');
  const key = [...timesInForce.keys()].find((name) => configuration?.has(name));
  const order = key === undefined ? undefined : configuration?.child(key);
  const timeInForce = timesInForce.get(key ?? '');
  if (key === undefined || order === undefined || timeInForce === undefined)
    throw new PaperFault('PARAMETER_BAD', 'order_configuration');
  const quote = order.amount('quote_size');
  if (quote !== undefined && order.has('base_size')) throw new PaperFault('PARAMETER_BAD', 'quote_size');
  const isMarket = key.startsWith('market');
  return {
    symbol,
    side: side === 'BUY' ? 'buy' : 'sell',
    ...(isMarket ? {} : { price: order.requiredAmount('limit_price') }),
    ...(key === stopLimit
      ? {
          trigger: order.requiredAmount('stop_price'),
          triggerMove:
            moves[order.oneOf('stop_direction', ['STOP_DIRECTION_STOP_UP', 'STOP_DIRECTION_STOP_DOWN'])],
        }
      : {}),
    ...(key === bracket ? stopOf(order, side === 'BUY' ? 'buy' : 'sell') : {}),
    timeInForce: order.text('post_only') === 'true' ? 'post-only' : timeInForce,
    quantity:
      quote === undefined
        ? { value: order.requiredAmount('base_size'), unit: 'size' }
        : { value: quote, unit: 'quote' },
    reduceOnly: false,
    clientId: fields.required('client_order_id'),
    memo: { configuration: key, ...(key === bracket ? { limit_price: order.required('limit_price') } : {}) },
  };
}

/** It rests at its limit, and goes to the market instead once that is at `stop_trigger_price`. */
function stopOf(order: Fields, side: NewOrder['side']): Pick<NewOrder, 'orStop'> {
  const trigger = order.requiredAmount('stop_trigger_price');
  return { orStop: { trigger, move: triggerMoveOf(side, false) } };
}

/** A bracket, whose size is that of the order which it is attached to; its fill starts it. */
function attachedOf(fields: Fields, first: NewOrder): readonly NewOrder[] {
  const configuration = fields.child('attached_order_configuration');
  if (configuration === undefined) return [];
  const order = configuration.child(bracket);
  if (order === undefined || order.has('base_size'))
    throw new PaperFault('PARAMETER_BAD', 'attached_order_configuration');
  const side = otherSide[first.side];
  return [
    {
      symbol: first.symbol,
      side,
      price: order.requiredAmount('limit_price'),
      ...stopOf(order, side),
      timeInForce: 'gtc',
      quantity: first.quantity,
      isSizedByFirst: true,
      reduceOnly: false,
      memo: { configuration: bracket, limit_price: order.required('limit_price'), isAttached: 'true' },
    },
  ];
}

function batchCancel(call: PrivateCall): Row {
  const ids = call.fields.texts('order_ids');
  if (ids.length === 0) throw new PaperFault('PARAMETER_MISSING', 'order_ids');
  return {
    results: ids.map((order_id) => {
      try {
        cancelOrder(call, needOrder(call, order_id));
        return { success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON', order_id };
      } catch (thrown) {
        if (!(thrown instanceof PaperFault)) throw thrown;
        return { success: false, failure_reason: 'UNKNOWN_CANCEL_ORDER', order_id };
      }
    }),
  };
}
