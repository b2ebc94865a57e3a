// Orders of the engine as Binance shows them (rest-api.md, "Query order").
import { formatDecimal } from '../../core/decimal.js';
import type { PaperOrder } from '../engine/orders.js';
import { numberOf, type Row, symbols } from './call.js';

const statuses = {
  live: 'NEW',
  'partially-filled': 'PARTIALLY_FILLED',
  filled: 'FILLED',
  canceled: 'CANCELED',
} as const;

/** An order that the engine ended has expired; one that the client ended is canceled; one that waits for another of its list is pending. */
export function statusOf({ state, cancelReason, waitsFor }: PaperOrder): string {
  if (state === 'live' && waitsFor === 'first') return 'PENDING_NEW';
  return state === 'canceled' && cancelReason !== 'by-client' ? 'EXPIRED' : statuses[state];
}

/** The list that it was placed in; -1 for none. */
export const listIdOf = ({ link }: PaperOrder): number => (link === undefined ? -1 : numberOf(link.id));

export function orderRow(order: PaperOrder): Row {
  return {
    symbol: symbols.of(order),
    orderId: numberOf(order.id),
    orderListId: listIdOf(order),
    clientOrderId: order.clientId ?? order.id,
    price: order.price === undefined ? '0' : formatDecimal(order.price),
    origQty: formatDecimal(order.size),
    executedQty: formatDecimal(order.filled),
    cummulativeQuoteQty: formatDecimal(order.cost),
    origQuoteOrderQty: order.quantity.unit === 'quote' ? formatDecimal(order.quantity.value) : '0',
    status: statusOf(order),
    timeInForce: order.memo.timeInForce ?? 'GTC',
    type: order.memo.type ?? 'LIMIT',
    side: order.side === 'buy' ? 'BUY' : 'SELL',
    stopPrice: order.trigger === undefined ? '0' : formatDecimal(order.trigger),
    icebergQty: '0',
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: order.waitsFor === undefined,
    workingTime: order.waitsFor === undefined ? order.createdMs : -1,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
}
