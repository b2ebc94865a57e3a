// Portfolio margin's conditional orders by their old spelling, "strategies", which ccxt calls: the same list as the algo orders of the book.
// Source: developers.binance.com Portfolio Margin, "New UM Conditional Order", "Cancel UM Conditional Order", "Query Current UM Open
// Conditional Order", "Query UM Conditional Order History", and the same of CM; binance 3.6.5 types/portfolio-margin.
import { formatDecimal } from '../../core/decimal.js';
import { placeOrder, type Symbols, unitOf } from '../desk.js';
import { isOpen, type NewOrder, type PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { numberOf, type PrivateCall, type Row, waits } from './call.js';
import {
  callbackOf,
  cancelConditional,
  cancelEveryConditional,
  conditionalsOf,
  needConditional,
  readConditional,
} from './futures-algo.js';
import { bookOf, type Handler, portfolioCoinm, portfolioUsdm } from './futures-books.js';
import { contractOf } from './futures-rows.js';
import { statusOf } from './order-rows.js';

const names = ['strategyId', 'newClientStrategyId'] as const;

export const futuresConditionalRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>(
  [portfolioUsdm, portfolioCoinm].flatMap(({ prefix, listed }): [string, Handler][] => {
    const of = `${prefix}/conditional`;
    const ordersOf = (call: PrivateCall, orders: readonly PaperOrder[]) =>
      conditionalsOf(call, listed, orders);
    return [
      [`POST ${of}/order`, (call) => strategyRow(placeOrder(call, readStrategy(call, listed)))],
      [`DELETE ${of}/order`, (call) => strategyRow(cancelConditional(symbolled(call), listed, names))],
      [`GET ${of}/openOrder`, (call) => strategyRow(needOne(call, listed, true))],
      [`GET ${of}/orderHistory`, (call) => strategyRow(needOne(call, listed, false))],
      [
        `GET ${of}/openOrders`,
        (call) => ordersOf(call, call.account.openOrders()).filter(waits).map(strategyRow),
      ],
      [`GET ${of}/allOrders`, (call) => ordersOf(call, call.account.orders()).map(strategyRow)],
      [`DELETE ${of}/allOpenOrders`, (call) => cancelEveryConditional(call, listed)],
    ];
  }),
);

function readStrategy(call: PrivateCall, listed: Symbols): NewOrder {
  return readConditional(call, listed, {
    type: 'strategyType',
    trigger: 'stopPrice',
    clientId: 'newClientStrategyId',
    mayClosePosition: false,
  });
}

/** These calls name the symbol beside the order. Throws PaperFault PARAMETER_MISSING. */
function symbolled(call: PrivateCall): PrivateCall {
  call.fields.required('symbol');
  return call;
}

const isWaiting = (order: PaperOrder): boolean => waits(order) && isOpen(order);

/** "NEW orders will not be found" in the history, and only those among the open ones. Throws PaperFault ORDER_UNKNOWN. */
function needOne(call: PrivateCall, listed: Symbols, wantsWaiting: boolean): PaperOrder {
  const order = needConditional(symbolled(call), listed, names);
  if (isWaiting(order) !== wantsWaiting) throw new PaperFault('ORDER_UNKNOWN');
  return order;
}

function strategyRow(order: PaperOrder): Row {
  const triggered = waits(order)
    ? {}
    : {
        orderId: numberOf(order.id),
        status: statusOf(order),
        triggerTime: order.updatedMs,
        type: order.memo.type?.endsWith('MARKET') === true ? 'MARKET' : 'LIMIT',
      };
  const trailing = callbackOf(order);
  return {
    newClientStrategyId: order.clientId ?? order.id,
    strategyId: numberOf(order.id),
    strategyStatus: isWaiting(order) ? 'NEW' : waits(order) ? 'CANCELED' : 'TRIGGERED',
    strategyType: order.memo.type,
    origQty: formatDecimal(order.size.times(unitOf(contractOf(order.symbol)))),
    price: order.price === undefined ? '0' : formatDecimal(order.price),
    reduceOnly: order.reduceOnly,
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    positionSide: 'BOTH',
    stopPrice: order.trigger === undefined ? '0' : formatDecimal(order.trigger),
    symbol: bookOf(order).of(order),
    timeInForce: order.memo.timeInForce ?? 'GTC',
    ...(trailing && { activatePrice: trailing.activatePrice, priceRate: trailing.callbackRate }),
    bookTime: order.createdMs,
    updateTime: order.updatedMs,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    priceMatch: 'NONE',
    ...triggered,
  };
}
