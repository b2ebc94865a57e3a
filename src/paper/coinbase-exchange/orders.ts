// Coinbase Exchange's accounts, orders and fills over the paper account (docs.cdp.coinbase.com Exchange REST, "Orders").
import { formatDecimal } from '../../core/decimal.js';
import { cancelAll, cancelOrder, placeOrder, quoteFee } from '../desk.js';
import { findInstrument } from '../engine/instruments.js';
import { isOpen, type NewOrder, type PaperOrder, type PaperTimeInForce } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { isoTime, needOrder, orderIdOf, type PrivateCall, products, type Row, tradeIdOf } from './call.js';

type Handler = (call: PrivateCall) => unknown;

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' } as const satisfies Record<
  string,
  PaperTimeInForce
>;
/** The reference says UUID; prefixed ones, as coinbase-api makes them, are taken too. */
const clientIdForm = /^[A-Za-z0-9_-]{1,64}$/;
const oneOrder = /^(GET|DELETE) \/orders\/((?:client:)?[A-Za-z0-9_-]+)$/;
const mostListed = 1000;

const routes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /accounts', accounts],
  ['GET /orders', list],
  ['POST /orders', place],
  ['DELETE /orders', cancelEvery],
  ['GET /fills', fills],
  ['GET /fees', fees],
]);

/** The handler of `METHOD path`; undefined when it is none. */
export function orderRoute(name: string): Handler | undefined {
  const [, method, id = ''] = oneOrder.exec(name) ?? [];
  if (method === 'GET') return (call) => orderRow(needOrder(call, id));
  if (method === 'DELETE') return (call) => orderIdOf(cancelOrder(call, needOrder(call, id)));
  return routes.get(name);
}

export const orderRouteNames: readonly string[] = [...routes.keys(), 'GET /orders/a1', 'DELETE /orders/a1'];

function accounts({ account: { id, ledger } }: PrivateCall): readonly Row[] {
  return ledger.currencies().map((currency) => ({
    id: orderIdOf({ id: `${id} ${currency}` }),
    currency,
    balance: formatDecimal(ledger.total(currency)),
    hold: formatDecimal(ledger.held(currency)),
    available: formatDecimal(ledger.available(currency)),
    profile_id: orderIdOf({ id }),
    trading_enabled: true,
    pending_deposit: '0',
    display_name: currency,
  }));
}

/** `status` may be repeated; only open orders are listed without, and with one that names them. */
function list({ account, fields }: PrivateCall): readonly Row[] {
  const wanted = fields.text('status') ?? 'open';
  const product = fields.text('product_id');
  const orders = wanted === 'all' || wanted === 'done' ? account.orders() : account.openOrders();
  return orders
    .filter((order) => findInstrument(order.symbol)?.kind === 'spot')
    .filter((order) => product === undefined || products.of(order) === product)
    .filter((order) => wanted !== 'done' || !isOpen(order))
    .map(orderRow)
    .reverse()
    .slice(0, fields.count('limit', 100, mostListed));
}

function place(call: PrivateCall): Row {
  return orderRow(placeOrder(call, readOrder(call.fields)));
}

function readOrder(fields: Fields): NewOrder {
  const { symbol } = products.need(fields.required('product_id'));
  const type = fields.has('type') ? fields.oneOf('type', ['limit', 'market']) : 'limit';
  // `loss`: "triggers when the last trade price changes to a value at or below the stop_price", `entry`: at or above it.
  const stop = fields.has('stop') ? fields.oneOf('stop', ['loss', 'entry']) : undefined;
  const trigger = stop === undefined ? undefined : fields.requiredAmount('stop_price');
  if (stop === undefined && fields.has('stop_price')) throw new PaperFault('PARAMETER_MISSING', 'stop');
  const wanted = fields.has('time_in_force') ? fields.oneOf('time_in_force', ['GTC', 'IOC', 'FOK']) : 'GTC';
  const clientId = fields.text('client_oid');
  if (clientId !== undefined && !clientIdForm.test(clientId))
    throw new PaperFault('PARAMETER_BAD', 'client_oid');
  const isMarket = type === 'market';
  const funds = isMarket ? fields.amount('funds') : undefined;
  return {
    symbol,
    side: fields.oneOf('side', ['buy', 'sell']),
    ...(isMarket ? {} : { price: fields.requiredAmount('price') }),
    ...(trigger === undefined
      ? {}
      : { trigger, triggerMove: stop === 'loss' ? ('falls' as const) : ('rises' as const) }),
    timeInForce: isMarket ? 'ioc' : fields.text('post_only') === 'true' ? 'post-only' : timesInForce[wanted],
    quantity:
      funds === undefined
        ? { value: fields.requiredAmount('size'), unit: 'size' }
        : { value: funds, unit: 'quote' },
    reduceOnly: false,
    ...(clientId === undefined ? {} : { clientId }),
    memo: { type, timeInForce: wanted },
  };
}

/** Ids of what was cancelled. */
function cancelEvery(call: PrivateCall): readonly string[] {
  const product = call.fields.text('product_id');
  const symbol = product === undefined ? undefined : products.need(product).symbol;
  return cancelAll(call, (order) => symbol === undefined || order.symbol === symbol).map(orderIdOf);
}

function orderRow(order: PaperOrder): Row {
  const isDone = !isOpen(order);
  const { value, unit } = order.quantity;
  return {
    id: orderIdOf(order),
    ...(order.price === undefined ? {} : { price: formatDecimal(order.price) }),
    ...(unit === 'quote' ? { funds: formatDecimal(value) } : { size: formatDecimal(order.size) }),
    product_id: products.of(order),
    profile_id: '',
    side: order.side,
    type: order.memo.type ?? 'limit',
    time_in_force: order.memo.timeInForce ?? 'GTC',
    post_only: order.timeInForce === 'post-only',
    created_at: isoTime(order.createdMs),
    ...(isDone ? { done_at: isoTime(order.updatedMs), done_reason: order.state } : {}),
    fill_fees: quoteFee(order),
    filled_size: formatDecimal(order.filled),
    executed_value: formatDecimal(order.cost),
    ...(order.trigger === undefined
      ? {}
      : { stop: order.triggerMove === 'rises' ? 'entry' : 'loss', stop_price: formatDecimal(order.trigger) }),
    status: isDone ? 'done' : order.waitsFor === 'trigger' ? 'active' : 'open',
    settled: isDone,
    client_oid: order.clientId,
  };
}

/** "Get fees": the same for every product. */
function fees(): Row {
  const [{ makerFee, takerFee } = { makerFee: undefined, takerFee: undefined }] = products.listed;
  if (makerFee === undefined) throw new Error('no products');
  return {
    maker_fee_rate: formatDecimal(makerFee),
    taker_fee_rate: formatDecimal(takerFee),
    usd_volume: '0',
  };
}

function fills({ account, fields }: PrivateCall): readonly Row[] {
  const product = fields.text('product_id');
  return account.fills
    .filter((fill) => findInstrument(fill.symbol)?.kind === 'spot')
    .filter((fill) => product === undefined || products.of(fill) === product)
    .map((fill) => ({
      trade_id: tradeIdOf(fill),
      product_id: products.of(fill),
      order_id: orderIdOf({ id: fill.orderId }),
      profile_id: '',
      liquidity: fill.isMaker ? 'M' : 'T',
      price: formatDecimal(fill.price),
      size: formatDecimal(fill.size),
      fee: formatDecimal(fill.fee),
      created_at: isoTime(fill.atMs),
      side: fill.side,
      settled: true,
      usd_volume: formatDecimal(fill.price.times(fill.size)),
    }))
    .reverse();
}
