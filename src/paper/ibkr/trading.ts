// IBKR trading over the paper engine: market, limit and stop orders on shares, brackets and groups, questions and their
// replies, amends, cancels. Source: ibkrcampus.com cpapi-v1 ("Place Order", "Bracket Orders", `isSingleGroup`, "Place Order Reply Confirmation", "Modify Order", "Cancel Order").
import { decimal } from '../../core/decimal.js';
import { amendOrder, cancelAll, cancelOrder, placeOrder, placeTogether, uuidOf } from '../desk.js';
import type { Account } from '../engine/account.js';
import type { LinkedOrders, NewOrder, PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { needOwn } from './account.js';
import { contracts, needOrder, orderNumberOf, type PrivateCall, type Row } from './call.js';
import { statusOf } from './order-rows.js';

/** Dollars from which an order is asked about, as a user's preset would have it. */
const askedFrom = decimal('50000');

/** Orders that wait for a reply, by the question's id. */
const waiting = new WeakMap<Account, Map<string, LinkedOrders>>();

/** Undefined when the path is not on paper. */
export function tradingRoute(method: string, path: string, call: PrivateCall): unknown {
  const [, question] = /^iserver\/reply\/([A-Za-z0-9-]+)$/.exec(path) ?? [];
  if (question !== undefined) return method === 'POST' ? reply(call, question) : undefined;
  const [, account, what, number] =
    /^iserver\/account\/([A-Z0-9]+)\/(orders|order)(?:\/(-?\d+))?$/.exec(path) ?? [];
  if (account === undefined) return undefined;
  needOwn(call, account);
  if (method === 'DELETE' && number !== undefined) return cancel(call, number);
  if (method !== 'POST') return undefined;
  if (number !== undefined) return [amend(call, number)];
  return groupsOf(what === 'orders' ? ordersOf(call) : [call.fields]).flatMap((group) => place(call, group));
}

function ordersOf({ fields }: PrivateCall): readonly Fields[] {
  const orders = fields.children('orders');
  if (orders.length === 0) throw new PaperFault('PARAMETER_MISSING', 'orders');
  return orders;
}

function placed(order: PaperOrder): Row {
  return {
    order_id: String(orderNumberOf(order)),
    local_order_id: order.clientId ?? '',
    order_status: statusOf(order),
    encrypt_message: '1',
  };
}

/** Each order with those whose `parentId` is its `cOID`; one group of all where `isSingleGroup` says that one of them trades. */
function groupsOf(entries: readonly Fields[]): readonly LinkedOrders[] {
  if (entries.length > 1 && entries.every((fields) => fields.text('isSingleGroup') === 'true'))
    return [{ others: entries.map(readOrder), isOneOf: true }];
  const parents = entries.filter((fields) => !fields.has('parentId'));
  const groups = parents.map((fields) => {
    const first = readOrder(fields);
    const children = entries.filter((one) => one.has('parentId') && one.text('parentId') === first.clientId);
    if (children.length === 0) return { others: [first], isOneOf: false, count: 1 };
    const others = children.map(readOrder);
    return { first, others, isOneOf: true, startsWithPart: true as const, count: 1 + children.length };
  });
  if (groups.reduce((sum, { count }) => sum + count, 0) < entries.length)
    throw new PaperFault('PARAMETER_BAD', 'parentId');
  return groups;
}

function place(call: PrivateCall, group: LinkedOrders): readonly Row[] {
  const worth = [group.first, ...group.others].map((order) => order?.price?.times(order.quantity.value));
  if (!worth.some((value) => value?.gte(askedFrom) === true)) return placeGroup(call, group);
  const [order] = group.others;
  const id = uuidOf(`ibkr question ${call.engine.nowMs} ${order?.clientId ?? ''} ${waitingOf(call).size}`);
  waitingOf(call).set(id, group);
  const message =
    'The following value exceeds the limit of your presets. Are you sure that you want to submit this order?';
  return [{ id, message: [message], isSuppressed: false, messageIds: ['o383'] }];
}

function placeGroup(call: PrivateCall, group: LinkedOrders): readonly Row[] {
  const [order, second] = group.others;
  const isAlone = group.first === undefined && second === undefined && order !== undefined;
  return (isAlone ? [placeOrder(call, order)] : placeTogether(call, group)).map(placed);
}

function waitingOf({ account }: PrivateCall): Map<string, LinkedOrders> {
  const known = waiting.get(account) ?? new Map<string, LinkedOrders>();
  waiting.set(account, known);
  return known;
}

function reply(call: PrivateCall, question: string): readonly Row[] {
  const group = waitingOf(call).get(question);
  if (group === undefined) throw new PaperFault('ORDER_UNKNOWN', question);
  waitingOf(call).delete(question);
  if (call.fields.text('confirmed') !== 'true') return [{ error: 'The order was discarded.' }];
  return placeGroup(call, group);
}

function readOrder(fields: Fields): NewOrder {
  const { symbol } = contracts.need(fields.required('conid'));
  const side = fields.oneOf('side', ['BUY', 'SELL']);
  const type = fields.oneOf('orderType', ['LMT', 'MKT', 'STP', 'STOP_LIMIT']);
  const tif = fields.oneOf('tif', ['DAY', 'GTC', 'IOC']);
  if (fields.has('cashQty')) throw new PaperFault('NOT_ON_PAPER');
  // "Place Order": `price` is a stop's trigger, and of a STOP_LIMIT the limit, whose trigger is `auxPrice`.
  const triggerName = { STP: 'price', STOP_LIMIT: 'auxPrice', LMT: undefined, MKT: undefined }[type];
  if (triggerName !== 'auxPrice' && fields.has('auxPrice')) throw new PaperFault('PARAMETER_BAD', 'auxPrice');
  const isLimited = type === 'LMT' || type === 'STOP_LIMIT';
  const clientId = fields.text('cOID');
  return {
    symbol,
    side: side === 'BUY' ? 'buy' : 'sell',
    ...(isLimited ? { price: fields.requiredAmount('price') } : {}),
    ...(triggerName === undefined ? {} : { trigger: fields.requiredAmount(triggerName) }),
    timeInForce: !isLimited || tif === 'IOC' ? 'ioc' : 'gtc',
    quantity: { value: fields.requiredAmount('quantity'), unit: 'size' },
    reduceOnly: false,
    ...(clientId === undefined ? {} : { clientId }),
    memo: { tif },
  };
}

/** The body repeats the whole order; size, price and, while it waits, the trigger may differ. */
function amend(call: PrivateCall, number: string): Row {
  const order = needOrder(call, number);
  const { symbol, side, price, trigger, quantity } = readOrder(call.fields);
  if (symbol !== order.symbol || side !== order.side || (price ?? trigger) === undefined)
    throw new PaperFault('PARAMETER_BAD', 'conid or side');
  const change = { size: quantity.value, price, trigger: order.waitsFor === undefined ? undefined : trigger };
  return placed(amendOrder(call, order, change));
}

/** -1 stands for every order of the account. */
function cancel(call: PrivateCall, number: string): Row {
  const msg = 'Request was submitted';
  if (number === '-1') {
    cancelAll(call, () => true);
    return { msg, order_id: -1, conid: -1 };
  }
  const order = cancelOrder(call, needOrder(call, number));
  return { msg, order_id: orderNumberOf(order), conid: Number(contracts.of(order)) };
}
