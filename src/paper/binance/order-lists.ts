// Binance's order lists over the paper engine: of an OCO one order trades, of an OTO and an OTOCO the working order starts the others.
// An OPO is an OTO whose pending orders sell what the working one bought, less its fee.
// Source: binance-spot-api-docs rest-api.md, "Order lists", faqs/opo.md, "Query Order list", "Query Open Order lists" (2026-07-21).
import { cancelAll } from '../desk.js';
import { isOpen, type LinkedOrders, type NewOrder, type PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields } from '../fields.js';
import { numberOf, type PrivateCall, type Row, symbols } from './call.js';
import { listIdOf } from './order-rows.js';
import { canceledRow, placedRow, readOrder } from './trading.js';

type Handler = (call: PrivateCall) => unknown;

export const orderListRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['POST /api/v3/order/oco', (call) => place(call, { others: classicOrders(call), isOneOf: true })],
  [
    'POST /api/v3/orderList/oco',
    (call) => {
      const shared = { side: 'side', quantity: 'quantity' };
      return place(call, { others: pairOf(call, ['above', 'below'], shared), isOneOf: true });
    },
  ],
  [
    'POST /api/v3/orderList/oto',
    (call) => place(call, { first: working(call), others: [readOrder(call, 'pending')], isOneOf: false }),
  ],
  [
    'POST /api/v3/orderList/otoco',
    (call) => {
      const shared = { side: 'pendingSide', quantity: 'pendingQuantity' };
      const others = pairOf(call, ['pendingAbove', 'pendingBelow'], shared);
      return place(call, { first: working(call), others, isOneOf: true });
    },
  ],
  [
    'POST /api/v3/orderList/opo',
    (call) =>
      placeOpo(call, [readOrder(call, 'pending', { side: 'pendingSide', quantity: 'workingQuantity' })]),
  ],
  [
    'POST /api/v3/orderList/opoco',
    (call) => {
      const shared = { side: 'pendingSide', quantity: 'workingQuantity' };
      return placeOpo(call, pairOf(call, ['pendingAbove', 'pendingBelow'], shared));
    },
  ],
  ['GET /api/v3/orderList', (call) => listRow(call, needList(call))],
  [
    'GET /api/v3/openOrderList',
    (call) => listsOf(call).flatMap((orders) => (orders.some(isOpen) ? [listRow(call, orders)] : [])),
  ],
  ['GET /api/v3/allOrderList', (call) => listsOf(call).map((orders) => listRow(call, orders))],
  ['DELETE /api/v3/orderList', cancel],
]);

/** "Only working orders on the BUY side and pending order(s) on the SELL side are accepted." */
function placeOpo(call: PrivateCall, pending: readonly NewOrder[]): Row {
  call.fields.oneOf('workingSide', ['BUY']);
  call.fields.oneOf('pendingSide', ['SELL']);
  const others = pending.map((order) => ({ ...order, isSizedByFirst: true as const }));
  return place(call, { first: working(call), others, isOneOf: others.length > 1 });
}

function working(call: PrivateCall): NewOrder {
  call.fields.oneOf('workingType', ['LIMIT', 'LIMIT_MAKER']);
  return readOrder(call, 'working');
}

/** "One of the orders must be a LIMIT_MAKER/TAKE_PROFIT/TAKE_PROFIT_LIMIT order and the other must be STOP_LOSS or STOP_LOSS_LIMIT order." */
function pairOf(
  call: PrivateCall,
  prefixes: readonly [string, string],
  shared: { side: string; quantity: string },
): readonly NewOrder[] {
  const pair = prefixes.map((prefix) => readOrder(call, prefix, shared));
  const stops = pair.filter(({ memo }) => memo.type?.startsWith('STOP_LOSS'));
  const profits = pair.filter(({ memo }) => /^(?:LIMIT_MAKER|TAKE_PROFIT)/.test(memo.type ?? ''));
  if (stops.length !== 1 || profits.length !== 1) throw new PaperFault('PARAMETER_BAD', `${prefixes[0]}Type`);
  return pair;
}

/** "New OCO - Deprecated": a limit-maker and a stop, by other names. */
function classicOrders(call: PrivateCall): readonly NewOrder[] {
  const { fields } = call;
  const isLimited = fields.has('stopLimitPrice');
  const renamed = {
    symbol: 'symbol',
    side: 'side',
    quantity: 'quantity',
    limitPrice: 'price',
    limitClientOrderId: 'limitClientOrderId',
    stopStopPrice: 'stopPrice',
    stopClientOrderId: 'stopClientOrderId',
    ...(isLimited ? { stopPrice: 'stopLimitPrice', stopTimeInForce: 'stopLimitTimeInForce' } : {}),
  };
  const given = Object.entries(renamed).flatMap(([own, name]): [string, string][] => {
    const text = fields.text(name);
    return text === undefined ? [] : [[own, text]];
  });
  const types: [string, string][] = [
    ['limitType', 'LIMIT_MAKER'],
    ['stopType', isLimited ? 'STOP_LOSS_LIMIT' : 'STOP_LOSS'],
  ];
  const asked = { ...call, fields: new Fields(new Map([...given, ...types])) };
  return pairOf(asked, ['limit', 'stop'], { side: 'side', quantity: 'quantity' });
}

function place(call: PrivateCall, linked: LinkedOrders): Row {
  const { engine, account, fields } = call;
  const listClientId = fields.text('listClientOrderId');
  const marked = (order: NewOrder): NewOrder => ({
    ...order,
    memo: {
      ...order.memo,
      contingency: linked.first === undefined ? 'OCO' : 'OTO',
      ...(listClientId === undefined ? {} : { listClientId }),
    },
  });
  const placed = engine.placeLinked(account.id, {
    ...(linked.first === undefined ? {} : { first: marked(linked.first) }),
    others: linked.others.map(marked),
    isOneOf: linked.isOneOf,
  });
  if (!placed.ok) throw new PaperFault(placed.code, linked.others[0]?.symbol);
  return {
    ...listRow(call, placed.orders),
    orderReports: placed.orders.map((order) => placedRow(call, order)),
  };
}

/** Those that were placed together, oldest list first. */
function listsOf({ account }: PrivateCall): readonly (readonly PaperOrder[])[] {
  const lists = new Map<number, PaperOrder[]>();
  for (const order of account.orders()) {
    if (order.link === undefined || order.memo.contingency === undefined) continue;
    lists.set(listIdOf(order), [...(lists.get(listIdOf(order)) ?? []), order]);
  }
  return [...lists.values()];
}

/** By `orderListId`, else by `listClientOrderId` or `origClientOrderId`. Throws PaperFault ORDER_UNKNOWN. */
function needList(call: PrivateCall): readonly PaperOrder[] {
  const { fields } = call;
  const number = fields.text('orderListId');
  const clientId = fields.text('listClientOrderId') ?? fields.text('origClientOrderId');
  if (number === undefined && clientId === undefined)
    throw new PaperFault('PARAMETER_MISSING', 'orderListId');
  const found = listsOf(call).findLast(([order]) =>
    number === undefined
      ? order?.memo.listClientId === clientId
      : order !== undefined && String(listIdOf(order)) === number,
  );
  if (found === undefined) throw new PaperFault('ORDER_UNKNOWN');
  return found;
}

function cancel(call: PrivateCall): Row {
  const orders = needList(call);
  const { symbol } = symbols.need(call.fields.required('symbol'));
  if (!orders.some((order) => isOpen(order) && order.symbol === symbol)) throw new PaperFault('ORDER_DONE');
  cancelAll(call, (order) => orders.includes(order));
  return { ...listRow(call, orders), orderReports: orders.map((order) => canceledRow(call, order)) };
}

function listRow({ engine }: PrivateCall, orders: readonly PaperOrder[]): Row {
  const [order] = orders;
  if (order?.link === undefined) throw new Error('an order list without orders');
  const isLive = orders.some(isOpen);
  return {
    orderListId: listIdOf(order),
    contingencyType: order.memo.contingency,
    listStatusType: isLive ? 'EXEC_STARTED' : 'ALL_DONE',
    listOrderStatus: isLive ? 'EXECUTING' : 'ALL_DONE',
    listClientOrderId: order.memo.listClientId ?? order.link.id,
    transactionTime: engine.nowMs,
    symbol: symbols.of(order),
    orders: orders.map((one) => ({
      symbol: symbols.of(one),
      orderId: numberOf(one.id),
      clientOrderId: one.clientId ?? one.id,
    })),
  };
}
