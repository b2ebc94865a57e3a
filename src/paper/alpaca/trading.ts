// Alpaca trading over the paper engine: orders on pairs, options and shares, the latter sold short too, with exits (bracket, oco, oto) and
// trailing stops; replacements, cancels (docs.alpaca.markets, "Orders", "Bracket Orders", "Trailing Stop Orders", "Options Trading").

import { decimal } from '../../core/decimal.js';
import { otherSide } from '../../core/order.js';
import { amendOrder, cancelAll, cancelOrder, placeOrder, placeTogether } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { floorTo } from '../engine/market.js';
import { isOpen, type NewOrder, type Trail } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { type Fields, segmentOf } from '../fields.js';
import { isOption, isShare, isShortSale, nameOf, needOrder, orderIdOf, type PrivateCall } from './call.js';
import { closable, needClosable, readTrade, type Trade } from './intents.js';
import {
  cancelMultiLeg,
  findMultiLeg,
  isLeg,
  parentIdOf,
  placeMultiLeg,
  withoutOthers,
} from './multi-leg.js';
import { nestedRow, orderRow } from './order-rows.js';
import { needHolding } from './positions.js';

type Handler = (call: PrivateCall) => unknown;

/** What the paper engine has none of. */
const notOnPaper = ['legs', 'advanced_instructions'];
const zero = decimal('0');
const hundred = decimal('100');

/** Undefined when the path is not on paper; a handler that returns undefined answers 204. */
export function tradingRoute(method: string, path: string): Handler | undefined {
  if (method === 'POST' && path === '/v2/orders') return place;
  const [, id = ''] = /^\/v2\/orders\/([0-9a-f-]{36})$/.exec(path) ?? [];
  if (method === 'PATCH' && id !== '') return (call) => replaceOrder(call, id);
  if (method !== 'DELETE') return undefined;
  if (path === '/v2/orders')
    return (call) =>
      withoutOthers(cancelAll(call, () => true)).map((order) => ({
        id: isLeg(order) ? parentIdOf(order) : orderIdOf(order),
        status: 200,
      }));
  const [, symbol] = /^\/v2\/positions\/([^/]+)$/.exec(path) ?? [];
  if (symbol !== undefined) return (call) => closePosition(call, segmentOf(symbol));
  if (id === '') return undefined;
  return (call) => {
    const legs = findMultiLeg(call, id);
    if (legs !== undefined) return cancelMultiLeg(call, legs);
    const order = cancelOrder(call, needOrder(call, id));
    // "If any one of the orders is canceled, any remaining open order in the group is canceled."
    const others = order.link === undefined ? [] : call.account.group(order.link.id).filter(isOpen);
    for (const other of others) if (isOpen(other)) cancelOrder(call, other);
    return undefined;
  };
}

/** "Replace order": what is left out stays; the order goes on under another id and says which one it had. */
function replaceOrder(call: PrivateCall, id: string): unknown {
  const { fields } = call;
  if ([...notOnPaper, 'trail'].some((name) => fields.has(name)) || findMultiLeg(call, id))
    throw new PaperFault('NOT_ON_PAPER');
  const order = needOrder(call, id);
  const [size, price, trigger] = ['qty', 'limit_price', 'stop_price'].map((name) => fields.amount(name));
  const more = size?.minus(order.size);
  if (
    more?.gt(zero) &&
    order.reduceOnly &&
    order.waitsFor !== 'first' &&
    more.gt(closable(call, order.symbol))
  )
    throw new PaperFault('INSUFFICIENT_BALANCE', nameOf(order));
  amendOrder(call, order, { size, price, trigger });
  return orderRow(Object.assign(order, { memo: { ...order.memo, replaces: id } }));
}

/** "Close a Position": sells, or covers, at market what no order holds back, or as much of the position as is asked for. */
function closePosition(call: PrivateCall, name: string): unknown {
  const { fields } = call;
  const { instrument, quantity, free } = needHolding(call, name);
  const percentage = fields.amount('percentage');
  if (percentage !== undefined && (fields.has('qty') || percentage.gt(hundred)))
    throw new PaperFault('PARAMETER_BAD', 'percentage');
  const share =
    percentage && floorTo(quantity.abs().times(percentage).div(hundred).round(16, 0), instrument.lotSize);
  const value = fields.amount('qty') ?? share ?? free.abs();
  if (value.gt(free.abs())) throw new PaperFault('INSUFFICIENT_BALANCE', name);
  const order: NewOrder = {
    symbol: instrument.symbol,
    side: quantity.gt(zero) ? 'sell' : 'buy',
    timeInForce: 'ioc',
    quantity: { value, unit: 'size' },
    reduceOnly: instrument.kind === 'swap',
    memo: { time_in_force: instrument.kind === 'swap' || isShare(instrument) ? 'day' : 'ioc' },
  };
  return orderRow(placeOrder(call, order));
}

const orderClasses = ['simple', 'bracket', 'oco', 'oto', 'mleg'] as const;

/** An order by itself, or with its exits. "Bracket Orders": the complete fill of the entry starts them, and one of them trades. */
function place(call: PrivateCall): unknown {
  const { fields, account } = call;
  const orderClass =
    fields.text('order_class') === undefined ? 'simple' : fields.oneOf('order_class', orderClasses);
  if (orderClass === 'simple') {
    if (fields.has('take_profit') || fields.has('stop_loss'))
      throw new PaperFault('PARAMETER_BAD', 'order_class');
    return orderRow(placeOrder(call, readOrder(call)));
  }
  if (orderClass === 'mleg') return placeMultiLeg(call);
  const trade = readTrade(call, fields);
  const { instrument, reduceOnly } = trade;
  const isOwed = isShortSale(instrument);
  // "Crypto orders", "Options Trading": simple ones alone. Of a short sale an entry opens it, and an exit covers it.
  if (!(isShare(instrument) || isOwed) || (isOwed && reduceOnly !== (orderClass === 'oco')))
    throw new PaperFault('PARAMETER_BAD', 'order_class');
  const orders =
    orderClass === 'oco' ? { others: exitsOf(call, trade, orderClass) } : entryOf(call, trade, orderClass);
  const [order] = placeTogether(call, { ...orders, isOneOf: true });
  if (order === undefined) throw new Error('a group without orders');
  return nestedRow(account, order);
}

function entryOf(call: PrivateCall, trade: Trade, orderClass: 'bracket' | 'oto') {
  const order = readOrder(call);
  const exit = { ...trade, side: otherSide[trade.side], reduceOnly: isShortSale(trade.instrument) };
  const others = exitsOf(call, exit, orderClass);
  if (others.length !== (orderClass === 'bracket' ? 2 : 1))
    throw new PaperFault('PARAMETER_BAD', 'take_profit and stop_loss');
  return { first: { ...order, memo: { ...order.memo, order_class: orderClass } }, others };
}

/** A limit and a stop, each of the whole quantity. Of an OCO the limit stands for both. */
function exitsOf(
  call: PrivateCall,
  trade: Trade,
  orderClass: 'bracket' | 'oto' | 'oco',
): readonly NewOrder[] {
  const { fields } = call;
  const { symbol } = trade.instrument;
  const time_in_force = fields.oneOf('time_in_force', ['gtc', 'day']);
  const shared: NewOrder = {
    symbol,
    side: trade.side,
    timeInForce: 'gtc',
    quantity: { value: fields.requiredAmount('qty'), unit: 'size' },
    reduceOnly: trade.reduceOnly,
    memo: { time_in_force, order_class: orderClass },
  };
  const isOco = orderClass === 'oco';
  if (isOco) needClosable(call, trade, shared.quantity.value);
  const [profit, loss] = [fields.child('take_profit'), fields.child('stop_loss')];
  const limit = profit?.requiredAmount('limit_price') ?? (isOco ? fields.amount('limit_price') : undefined);
  if (isOco && (limit === undefined || loss === undefined || fields.text('type') !== 'limit'))
    throw new PaperFault('PARAMETER_MISSING', 'take_profit and stop_loss');
  const clientId = isOco ? fields.text('client_order_id') : undefined;
  const named = clientId === undefined ? {} : { clientId };
  const leg = (name: string) => ({ memo: { ...shared.memo, leg: name } });
  const stopLimit = loss?.amount('limit_price');
  return [
    ...(limit === undefined ? [] : [{ ...shared, ...(isOco ? {} : leg('limit')), ...named, price: limit }]),
    ...(loss === undefined
      ? []
      : [
          {
            ...shared,
            ...leg('stop'),
            trigger: loss.requiredAmount('stop_price'),
            ...(stopLimit === undefined ? { timeInForce: 'ioc' as const } : { price: stopLimit }),
          },
        ]),
  ];
}

/** docs.alpaca.markets, "Crypto orders": market, limit and stop-limit orders, good till cancelled, or immediate or cancel. */
const pairKinds = { types: ['market', 'limit', 'stop_limit'], times: ['gtc', 'ioc'] } as const;
const shareKinds = {
  types: ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'],
  times: ['day', 'gtc', 'ioc', 'fok'],
} as const;
const timesInForce = { day: 'gtc', gtc: 'gtc', ioc: 'ioc', fok: 'fok' } as const;

/** "Options Trading", "Order Validations": whole contracts, at the market or at a limit, for the day. */
const optionKinds = { types: ['market', 'limit'], times: ['day'] } as const;

function kindsOf(instrument: Instrument) {
  if (isOption(instrument)) return optionKinds;
  return isShare(instrument) || isShortSale(instrument) ? shareKinds : pairKinds;
}

function readOrder(call: PrivateCall): NewOrder {
  const { fields } = call;
  const trade = readTrade(call, fields);
  const { instrument, side, reduceOnly } = trade;
  if (notOnPaper.some((name) => fields.has(name))) throw new PaperFault('NOT_ON_PAPER');
  const kinds = kindsOf(instrument);
  const type = fields.oneOf<(typeof shareKinds)['types'][number]>('type', kinds.types);
  const time = fields.oneOf<(typeof shareKinds)['times'][number]>('time_in_force', kinds.times);
  const isLimited = type === 'limit' || type === 'stop_limit';
  const isStop = type === 'stop' || type === 'stop_limit';
  if (!isStop && fields.has('stop_price')) throw new PaperFault('PARAMETER_BAD', 'stop_price');
  const notional = type === 'market' && kinds === pairKinds ? fields.amount('notional') : undefined;
  if (fields.has('notional') && (notional === undefined || fields.has('qty')))
    throw new PaperFault('PARAMETER_BAD', 'notional');
  const clientId = fields.text('client_order_id');
  const value = notional ?? fields.requiredAmount('qty');
  needClosable(call, trade, value);
  return {
    symbol: instrument.symbol,
    side,
    ...(isLimited ? { price: fields.requiredAmount('limit_price') } : {}),
    ...(isStop ? { trigger: fields.requiredAmount('stop_price') } : {}),
    ...(type === 'trailing_stop' ? { trail: trailOf(fields) } : {}),
    timeInForce: isLimited ? timesInForce[time] : 'ioc',
    quantity: { value, unit: notional === undefined ? 'size' : 'quote' },
    reduceOnly,
    ...(clientId === undefined ? {} : { clientId }),
    memo: { time_in_force: time },
  };
}

/** "Trailing Stop Orders": a distance in dollars, or a percentage of the high water mark. */
function trailOf(fields: Fields): Trail {
  const [price, percent] = [fields.amount('trail_price'), fields.amount('trail_percent')];
  if (price !== undefined && percent === undefined) return { value: price, unit: 'price' };
  if (percent !== undefined && price === undefined && percent.lt(hundred))
    return { value: percent.div(hundred), unit: 'ratio' };
  throw new PaperFault('PARAMETER_BAD', 'trail_price or trail_percent');
}
