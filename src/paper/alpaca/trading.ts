// Alpaca trading over the paper engine: market, limit and stop-limit orders on crypto pairs, cancels (docs.alpaca.markets, "Orders").
import { amendOrder, cancelAll, cancelOrder, placeOrder } from '../desk.js';
import type { NewOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { assets, needOrder, orderIdOf, type PrivateCall } from './call.js';
import { orderRow } from './order-rows.js';

type Handler = (call: PrivateCall) => unknown;

/** What the paper engine has none of. */
const notOnPaper = ['trail_price', 'trail_percent', 'take_profit', 'stop_loss', 'legs'];

/** Undefined when the path is not on paper; a handler that returns undefined answers 204. */
export function tradingRoute(method: string, path: string): Handler | undefined {
  if (method === 'POST' && path === '/v2/orders')
    return (call) => orderRow(placeOrder(call, readOrder(call.fields)));
  const [, id = ''] = /^\/v2\/orders\/([0-9a-f-]{36})$/.exec(path) ?? [];
  if (method === 'PATCH' && id !== '') return (call) => replaceOrder(call, id);
  if (method !== 'DELETE') return undefined;
  if (path === '/v2/orders')
    return (call) => cancelAll(call, () => true).map((order) => ({ id: orderIdOf(order), status: 200 }));
  const [, symbol] = /^\/v2\/positions\/([^/]+)$/.exec(path) ?? [];
  if (symbol !== undefined) return (call) => closePosition(call, decodeURIComponent(symbol));
  if (id === '') return undefined;
  return (call) => {
    cancelOrder(call, needOrder(call, id));
    return undefined;
  };
}

/** "Replace order": what is left out stays; the order goes on under another id and says which one it had. */
function replaceOrder(call: PrivateCall, id: string): unknown {
  const { fields } = call;
  if ([...notOnPaper, 'stop_price', 'trail'].some((name) => fields.has(name)))
    throw new PaperFault('NOT_ON_PAPER');
  const order = needOrder(call, id);
  amendOrder(call, order, { size: fields.amount('qty'), price: fields.amount('limit_price') });
  return orderRow(Object.assign(order, { memo: { ...order.memo, replaces: id } }));
}

/** Sells at market what no order holds back. */
function closePosition(call: PrivateCall, name: string): unknown {
  const { symbol, base } = assets.need(name);
  const quantity = { value: call.account.ledger.available(base), unit: 'size' } as const;
  const memo = { time_in_force: 'ioc' };
  return orderRow(
    placeOrder(call, { symbol, side: 'sell', timeInForce: 'ioc', quantity, reduceOnly: false, memo }),
  );
}

function readOrder(fields: Fields): NewOrder {
  const { symbol } = assets.need(fields.required('symbol'));
  const side = fields.oneOf('side', ['buy', 'sell']);
  const type = fields.oneOf('type', ['market', 'limit', 'stop_limit']);
  const timeInForce = fields.oneOf('time_in_force', ['gtc', 'ioc', 'day']);
  if (notOnPaper.some((name) => fields.has(name))) throw new PaperFault('NOT_ON_PAPER');
  // docs.alpaca.markets, "Crypto orders": good till cancelled, or immediate or cancel.
  if (timeInForce === 'day') throw new PaperFault('PARAMETER_BAD', 'crypto time_in_force');
  const isMarket = type === 'market';
  if (type !== 'stop_limit' && fields.has('stop_price')) throw new PaperFault('PARAMETER_BAD', 'stop_price');
  const notional = isMarket ? fields.amount('notional') : undefined;
  if (notional !== undefined && fields.has('qty')) throw new PaperFault('PARAMETER_BAD', 'notional');
  const clientId = fields.text('client_order_id');
  return {
    symbol,
    side,
    ...(isMarket ? {} : { price: fields.requiredAmount('limit_price') }),
    ...(type === 'stop_limit' ? { trigger: fields.requiredAmount('stop_price') } : {}),
    timeInForce: isMarket ? 'ioc' : timeInForce,
    quantity:
      notional === undefined
        ? { value: fields.requiredAmount('qty'), unit: 'size' }
        : { value: notional, unit: 'quote' },
    reduceOnly: false,
    ...(clientId === undefined ? {} : { clientId }),
    memo: { time_in_force: timeInForce },
  };
}
