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

/** An order that the engine ended has expired; one that the client ended is canceled. */
export function statusOf({ state, cancelReason }: PaperOrder): string {
  return state === 'canceled' && cancelReason !== 'by-client' ? 'EXPIRED' : statuses[state];
}

export function orderRow(order: PaperOrder): Row {
  return {
    symbol: symbols.of(order),
    orderId: numberOf(order.id),
    orderListId: -1,
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
    stopPrice: '0',
    icebergQty: '0',
    time: order.createdMs,
    updateTime: order.updatedMs,
    isWorking: true,
    workingTime: order.createdMs,
    selfTradePreventionMode: 'EXPIRE_MAKER',
  };
}
