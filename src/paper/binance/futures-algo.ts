// Conditional orders of perpetuals on paper: stops, trailing ones too, and take-profits that wait in a list of their own and, once triggered,
// are plain orders of the same number. Source: developers.binance.com USDⓈ-M Futures, "New Algo Order", "Cancel Algo Order", "Query Algo
// Order", "Current All Algo Open Orders", "Cancel All Algo Open Orders"; COIN-M, "Important CM-UM Integration Notice", and Binance.Net for
// what that leaves out; Portfolio Margin, `/papi/v1/um/algo/*`; binance 3.6.5 types/futures.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { cancelAll, cancelOrder, placeOrder, type Symbols, unitOf } from '../desk.js';
import { isOpen, type NewOrder, type PaperOrder, type Trail, triggerMoveOf } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { algoTypes, numberOf, ofSymbol, orderNamed, type PrivateCall, type Row, waits } from './call.js';
import { bookOf, coinm, type Handler, portfolioUsdm, usdm } from './futures-books.js';
import { contractOf } from './futures-rows.js';
import { isClosing, readOrder } from './futures-trading.js';

const zero = decimal('0');
const hundred = decimal('100');
const mostCallback = decimal('10');

export const futuresAlgoRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>(
  [
    ...[usdm, coinm].map(
      (book) =>
        [book, 'algoOrder', 'algoOrder', 'openAlgoOrders', 'allAlgoOrders', 'algoOpenOrders'] as const,
    ),
    [
      portfolioUsdm,
      'algo/order',
      'algo/algoOrder',
      'algo/openAlgoOrders',
      'algo/allAlgoOrders',
      'algo/allOpenOrders',
    ] as const,
  ].flatMap(([{ prefix, listed }, one, asked, open, all, gone]): [string, Handler][] => [
    [`POST ${prefix}/${one}`, (call) => algoRow(placeOrder(call, readAlgoOrder(call, listed)))],
    [`DELETE ${prefix}/${one}`, (call) => cancel(call, listed)],
    [`GET ${prefix}/${asked}`, (call) => toldRow(needConditional(call, listed, algoNames))],
    [
      `GET ${prefix}/${open}`,
      (call) => conditionalsOf(call, listed, call.account.openOrders()).filter(waits).map(toldRow),
    ],
    [`GET ${prefix}/${all}`, (call) => conditionalsOf(call, listed, call.account.orders()).map(toldRow)],
    [`DELETE ${prefix}/${gone}`, (call) => cancelEveryConditional(call, listed)],
  ]),
);

const algoNames = ['algoId', 'clientAlgoId'] as const;

export function conditionalsOf(
  call: PrivateCall,
  listed: Symbols,
  orders: readonly PaperOrder[],
): readonly PaperOrder[] {
  return ofSymbol(call, orders, listed).filter(({ memo }) => memo.algo !== undefined);
}

/** By the number under one name, else by the client's id under the other. Throws PaperFault ORDER_UNKNOWN. */
export function needConditional(
  call: PrivateCall,
  listed: Symbols,
  names: readonly [string, string],
): PaperOrder {
  const order = orderNamed(call, names);
  if (order?.memo.algo === undefined || bookOf(order) !== listed) throw new PaperFault('ORDER_UNKNOWN');
  return order;
}

/** What was triggered is cancelled as the plain order that it is: ORDER_DONE. */
export function cancelConditional(
  call: PrivateCall,
  listed: Symbols,
  names: readonly [string, string],
): PaperOrder {
  const order = needConditional(call, listed, names);
  if (!waits(order)) throw new PaperFault('ORDER_DONE');
  return cancelOrder(call, order);
}

function cancel(call: PrivateCall, listed: Symbols): Row {
  const { algoId, clientAlgoId } = algoRow(cancelConditional(call, listed, algoNames));
  return { algoId, clientAlgoId, code: '200', msg: 'success' };
}

export function cancelEveryConditional(call: PrivateCall, listed: Symbols): Row {
  const { symbol } = listed.need(call.fields.required('symbol'));
  cancelAll(call, (order) => order.symbol === symbol && waits(order));
  return { code: 200, msg: 'The operation of cancel all open order is done.' };
}

function readAlgoOrder(call: PrivateCall, listed: Symbols): NewOrder {
  call.fields.oneOf('algoType', ['CONDITIONAL']);
  return readConditional(call, listed, {
    type: 'type',
    trigger: 'triggerPrice',
    clientId: 'clientAlgoId',
    mayClosePosition: true,
  });
}

/** How an API spells conditional orders. */
interface ConditionalSpelling {
  type: 'type' | 'strategyType';
  trigger: 'triggerPrice' | 'stopPrice';
  clientId: 'clientAlgoId' | 'newClientStrategyId';
  mayClosePosition: boolean;
}

export function readConditional(call: PrivateCall, listed: Symbols, spelling: ConditionalSpelling): NewOrder {
  const { fields } = call;
  const type = fields.oneOf(spelling.type, algoTypes);
  const closes = isClosing(call);
  if (closes && !(spelling.mayClosePosition && /^(?:STOP|TAKE_PROFIT)_MARKET$/.test(type)))
    throw new PaperFault('PARAMETER_BAD', 'closePosition');
  const order = readOrder(call, listed, {
    type,
    isLimited: !type.endsWith('MARKET'),
    clientId: spelling.clientId,
    closesPosition: closes,
  });
  const memo = { ...order.memo, algo: 'conditional' };
  if (type === 'TRAILING_STOP_MARKET') return { ...order, trail: trailOf(fields), memo };
  return {
    ...order,
    trigger: fields.requiredAmount(spelling.trigger),
    triggerMove: triggerMoveOf(order.side, type.startsWith('TAKE_PROFIT')),
    memo,
  };
}

/** `callbackRate` 1 is a hundredth of the best price; `activatePrice` is the last price when absent. */
function trailOf(fields: Fields): Trail {
  const rate = fields.requiredAmount('callbackRate');
  if (rate.gt(mostCallback)) throw new PaperFault('PARAMETER_BAD', 'callbackRate');
  const activation = fields.amount('activatePrice') ?? fields.amount('activationPrice');
  return { value: rate.div(hundred), unit: 'ratio', ...(activation && { activation }) };
}

/** Of a trailing stop: how far behind it waits, in hundredths, and from which price on. */
export function callbackOf({
  trail,
  best,
}: PaperOrder): Record<'callbackRate' | 'activatePrice', string> | undefined {
  return trail === undefined
    ? undefined
    : {
        callbackRate: formatDecimal(trail.value.times(hundred)),
        activatePrice: formatDecimal(trail.activation ?? best ?? zero),
      };
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
    symbol: bookOf(order).of(order),
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    positionSide: 'BOTH',
    timeInForce: order.memo.timeInForce ?? 'GTC',
    quantity: order.closesPosition === true ? '0' : quantity,
    algoStatus: statusOf(order),
    ...callbackOf(order),
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
