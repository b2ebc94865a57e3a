// Orders and fills of the engine as Bybit v5 shows them (docs/v5/order/open-order.mdx, execution.mdx).
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice, turnoverOf } from '../desk.js';
import { findInstrument } from '../engine/instruments.js';
import { type PaperFill, type PaperOrder, remaining } from '../engine/orders.js';
import { baseOf, type Row, symbolOf } from './call.js';

const statuses = {
  live: 'New',
  'partially-filled': 'PartiallyFilled',
  filled: 'Filled',
  canceled: 'Cancelled',
} as const;

/** docs/v5/enum, `orderStatus`: a conditional order that waits, or that was cancelled before it was triggered. */
function statusOf({ state, waitsFor }: PaperOrder): string {
  if (waitsFor === 'trigger') return state === 'canceled' ? 'Deactivated' : 'Untriggered';
  return statuses[state];
}

export function orderRow(order: PaperOrder): Row {
  const worth = findInstrument(order.symbol)?.kind === 'swap' ? baseOf(order, order.cost) : undefined;
  const isQuote = order.quantity.unit === 'quote';
  return {
    orderId: order.id,
    orderLinkId: order.clientId ?? '',
    symbol: symbolOf(order),
    price: order.price === undefined ? '0' : formatDecimal(order.price),
    qty: isQuote ? formatDecimal(order.quantity.value) : baseOf(order, order.size),
    side: order.side === 'buy' ? 'Buy' : 'Sell',
    orderStatus: statusOf(order),
    orderType: order.price === undefined ? 'Market' : 'Limit',
    timeInForce: order.memo.timeInForce ?? 'GTC',
    marketUnit: isQuote ? 'quoteCoin' : 'baseCoin',
    avgPrice: averagePrice(order) ?? '',
    cumExecQty: baseOf(order, order.filled),
    cumExecValue: worth ?? formatDecimal(order.cost),
    cumExecFee: formatDecimal(order.fee),
    cumFeeDetail: order.feeCurrency === '' ? {} : { [order.feeCurrency]: formatDecimal(order.fee) },
    leavesQty: order.state === 'canceled' ? '0' : baseOf(order, remaining(order)),
    reduceOnly: order.reduceOnly,
    closeOnTrigger: false,
    cancelType: order.cancelReason === 'by-client' ? 'CancelByUser' : 'UNKNOWN',
    rejectReason: 'EC_NoError',
    isLeverage: '',
    positionIdx: 0,
    stopOrderType: order.memo.stopOrderType ?? (order.trigger === undefined ? '' : 'Stop'),
    triggerPrice: order.trigger === undefined ? '' : formatDecimal(order.trigger),
    triggerDirection: order.trigger === undefined ? 0 : order.triggerMove === 'rises' ? 1 : 2,
    takeProfit: order.memo.takeProfit ?? '',
    stopLoss: order.memo.stopLoss ?? '',
    createdTime: String(order.createdMs),
    updatedTime: String(order.updatedMs),
  };
}

/** In what is paid with: of inverse contracts the coin. */
function worthOfFill({ symbol, price, size }: PaperFill): string {
  const instrument = findInstrument(symbol);
  return formatDecimal(instrument === undefined ? price.times(size) : turnoverOf(instrument, price, size));
}

export function fillRow(fill: PaperFill): Row {
  return {
    execId: fill.id,
    orderId: fill.orderId,
    orderLinkId: fill.clientId ?? '',
    symbol: symbolOf(fill),
    side: fill.side === 'buy' ? 'Buy' : 'Sell',
    execPrice: formatDecimal(fill.price),
    execQty: baseOf(fill, fill.size),
    execValue: worthOfFill(fill),
    execFee: formatDecimal(fill.fee),
    feeCurrency: fill.feeCurrency,
    execType: 'Trade',
    isMaker: fill.isMaker,
    execTime: String(fill.atMs),
  };
}
