// Conditional orders of USDⓈ-M perpetuals on paper: stops, trailing ones too, and take-profits that wait in a list of their own and, once triggered, are plain
// orders of the same number. Source: developers.binance.com USDⓈ-M Futures, "New Algo Order", "Cancel Algo Order", "Query Algo Order",
// "Current All Algo Open Orders", "Cancel All Algo Open Orders"; Portfolio Margin, `/papi/v1/um/algo/*`; binance 3.6.5 types/futures.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { cancelAll, cancelOrder, placeOrder, unitOf } from '../desk.js';
import { isOpen, type NewOrder, type PaperOrder, type Trail, triggerMoveOf } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import {
  algoTypes,
  numberOf,
  ofSymbol,
  orderNamed,
  type PrivateCall,
  perpetuals,
  type Row,
  waits,
} from './call.js';
import { type Handler, portfolioUsdm, usdm } from './futures-books.js';
import { contractOf } from './futures-rows.js';
import { isClosing, readOrder } from './futures-trading.js';

const zero = decimal('0');
const hundred = decimal('100');
const mostCallback = decimal('10');

export const futuresAlgoRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>(
  [
    [usdm, 'algoOrder', 'algoOrder', 'openAlgoOrders', 'allAlgoOrders', 'algoOpenOrders'] as const,
    [
      portfolioUsdm,
      'algo/order',
      'algo/algoOrder',
      'algo/openAlgoOrders',
      'algo/allAlgoOrders',
      'algo/allOpenOrders',
    ] as const,
  ].flatMap(([{ prefix }, one, asked, open, all, gone]): [string, Handler][] => [
    [`POST ${prefix}/${one}`, (call) => algoRow(placeOrder(call, readAlgoOrder(call)))],
    [`DELETE ${prefix}/${one}`, cancel],
    [`GET ${prefix}/${asked}`, (call) => toldRow(needAlgo(call))],
    [`GET ${prefix}/${open}`, (call) => algosOf(call, call.account.openOrders()).filter(waits).map(toldRow)],
    [`GET ${prefix}/${all}`, (call) => algosOf(call, call.account.orders()).map(toldRow)],
    [`DELETE ${prefix}/${gone}`, cancelEvery],
  ]),
);

function algosOf(call: PrivateCall, orders: readonly PaperOrder[]): readonly PaperOrder[] {
  return ofSymbol(call, orders, perpetuals).filter(({ memo }) => memo.algo !== undefined);
}

/** By `algoId`, else by `clientAlgoId`. Throws PaperFault ORDER_UNKNOWN. */
function needAlgo(call: PrivateCall): PaperOrder {
  const order = orderNamed(call, ['algoId', 'clientAlgoId']);
  if (order?.memo.algo === undefined) throw new PaperFault('ORDER_UNKNOWN');
  return order;
}

function cancel(call: PrivateCall): Row {
  const order = needAlgo(call);
  // What was triggered is cancelled as the plain order that it is.
  if (!waits(order)) throw new PaperFault('ORDER_DONE');
  cancelOrder(call, order);
  const { algoId, clientAlgoId } = algoRow(order);
  return { algoId, clientAlgoId, code: '200', msg: 'success' };
}

function cancelEvery(call: PrivateCall): Row {
  const { symbol } = perpetuals.need(call.fields.required('symbol'));
  cancelAll(call, (order) => order.symbol === symbol && waits(order));
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

function readAlgoOrder(call: PrivateCall): NewOrder {
  const { fields } = call;
  fields.oneOf('algoType', ['CONDITIONAL']);
  const type = fields.oneOf('type', algoTypes);
  const order = readOrder(call, perpetuals, {
    type,
    isLimited: !type.endsWith('MARKET'),
    clientId: 'clientAlgoId',
    closesPosition: isClosing(call) && /^(?:STOP|TAKE_PROFIT)_MARKET$/.test(type),
  });
  if (isClosing(call) && order.closesPosition !== true)
    throw new PaperFault('PARAMETER_BAD', 'closePosition');
  if (type === 'TRAILING_STOP_MARKET')
    return { ...order, trail: trailOf(fields), memo: { ...order.memo, algo: 'conditional' } };
  return {
    ...order,
    trigger: fields.requiredAmount('triggerPrice'),
    triggerMove: triggerMoveOf(order.side, type.startsWith('TAKE_PROFIT')),
    memo: { ...order.memo, algo: 'conditional' },
  };
}

/** `callbackRate` 1 is a hundredth of the best price; `activatePrice` is the last price when absent. */
function trailOf(fields: Fields): Trail {
  const rate = fields.requiredAmount('callbackRate');
  if (rate.gt(mostCallback)) throw new PaperFault('PARAMETER_BAD', 'callbackRate');
  const activation = fields.amount('activatePrice') ?? fields.amount('activationPrice');
  return { value: rate.div(hundred), unit: 'ratio', ...(activation && { activation }) };
}

/** While it waits, and when it ended waiting; afterwards the book tells. */
function statusOf(order: PaperOrder): string {
  if (waits(order)) return isOpen(order) ? 'NEW' : 'CANCELED';
  return isOpen(order) ? 'TRIGGERED' : 'FINISHED';
}

function algoRow(order: PaperOrder): Row {
  const quantity = formatDecimal(order.size.times(unitOf(contractOf(order.symbol))));
  return {
    algoId: numberOf(order.id),
    clientAlgoId: order.clientId ?? order.id,
    algoType: 'CONDITIONAL',
    orderType: order.memo.type,
    symbol: perpetuals.of(order),
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    positionSide: 'BOTH',
    timeInForce: order.memo.timeInForce ?? 'GTC',
    quantity: order.closesPosition === true ? '0' : quantity,
    algoStatus: statusOf(order),
    ...(order.trail === undefined
      ? {}
      : {
          callbackRate: formatDecimal(order.trail.value.times(hundred)),
          activatePrice: formatDecimal(order.trail.activation ?? order.best ?? zero),
        }),
    triggerPrice: order.trigger === undefined ? '0' : formatDecimal(order.trigger),
    price: order.price === undefined ? '0' : formatDecimal(order.price),
    icebergQuantity: null,
    selfTradePreventionMode: 'NONE',
    workingType: 'CONTRACT_PRICE',
    priceMatch: 'NONE',
    closePosition: order.closesPosition === true,
    priceProtect: false,
    reduceOnly: order.reduceOnly,
    createTime: order.createdMs,
    updateTime: order.updatedMs,
    triggerTime: waits(order) ? 0 : order.updatedMs,
    goodTillDate: 0,
  };
}

/** What a query tells beyond the answer to a placement. */
function toldRow(order: PaperOrder): Row {
  return {
    ...algoRow(order),
    actualOrderId: waits(order) ? '' : String(numberOf(order.id)),
    actualPrice: '0',
  };
}
