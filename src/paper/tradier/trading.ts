// Tradier trading over the paper engine: market and limit orders on shares, changes, cancels, previews.
// Source: documentation.tradier.com/brokerage-api/trading (place-equity-order, change-order, cancel-order).
import { formatDecimal } from '../../core/decimal.js';
import { cancelOrder, placeOrder } from '../desk.js';
import type { NewOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { needOwn } from './account.js';
import { needOrder, orderNumberOf, type PrivateCall, type Row, stocks } from './call.js';

/** Undefined when the path is not on paper. */
export function tradingRoute(method: string, path: string, call: PrivateCall): Row | undefined {
  const [, account, number] = /^\/v1\/accounts\/([A-Z0-9]+)\/orders(?:\/(\d+))?$/.exec(path) ?? [];
  if (account === undefined) return undefined;
  needOwn(call, account);
  if (method === 'POST' && number === undefined) return place(call);
  if (number === undefined) return undefined;
  if (method === 'PUT') return change(call, number);
  return method === 'DELETE' ? taken(cancelOrder(call, needOrder(call, number))) : undefined;
}

function taken(order: { id: string }): Row {
  return { order: { id: orderNumberOf(order), status: 'ok', partner_id: 'paper' } };
}

function place(call: PrivateCall): Row {
  const order = readOrder(call.fields);
  if (call.fields.text('preview') !== 'true') return taken(placeOrder(call, order));
  const { value } = order.quantity;
  const cost = order.price === undefined ? undefined : formatDecimal(order.price.times(value));
  return {
    order: { status: 'ok', result: true, commission: 0, fees: 0, ...(cost === undefined ? {} : { cost }) },
  };
}

function readOrder(fields: Fields): NewOrder {
  if (fields.required('class') !== 'equity') throw new PaperFault('NOT_ON_PAPER');
  const { symbol } = stocks.need(fields.required('symbol'));
  // A cash account sells what it has.
  const side = fields.oneOf('side', ['buy', 'sell']);
  const type = fields.oneOf('type', ['market', 'limit']);
  const duration = fields.oneOf('duration', ['day', 'gtc', 'pre', 'post']);
  const tag = fields.text('tag');
  if (tag !== undefined && !/^[A-Za-z0-9-]{1,255}$/.test(tag)) throw new PaperFault('PARAMETER_BAD', 'tag');
  return {
    symbol,
    side,
    ...(type === 'market' ? {} : { price: fields.requiredAmount('price') }),
    timeInForce: type === 'market' ? 'ioc' : 'gtc',
    quantity: { value: fields.requiredAmount('quantity'), unit: 'size' },
    reduceOnly: false,
    // A label, no id: Tradier takes the same one twice.
    memo: { duration, ...(tag === undefined ? {} : { tag }) },
  };
}

/** The price alone can change here: the quantity never does, and the type stays a limit order's. */
function change(call: PrivateCall, number: string): Row {
  const { engine, account, fields } = call;
  const order = needOrder(call, number);
  if ((fields.text('type') ?? 'limit') !== 'limit' || fields.has('stop'))
    throw new PaperFault('NOT_ON_PAPER');
  const failed = engine.amend(account.id, order, { price: fields.requiredAmount('price') });
  if (failed !== undefined) throw new PaperFault(failed);
  return taken(order);
}
