// Orders of the engine as IBKR lists them and tells their status (cpapi-v1 "Live Orders", "Order Status").
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import { findInstrument } from '../engine/instruments.js';
import { type PaperOrder, remaining } from '../engine/orders.js';
import { accountNumberOf, conidOf, orderNumberOf, type PrivateCall, type Row } from './call.js';

const statuses = {
  live: 'Submitted',
  'partially-filled': 'Submitted',
  filled: 'Filled',
  canceled: 'Cancelled',
} as const;

export function statusOf({ state }: PaperOrder): string {
  return statuses[state];
}

/** The instrument of an order of a share; a plain Error otherwise: orders of other dialects are none here. */
function tradedOf(order: PaperOrder) {
  const instrument = findInstrument(order.symbol);
  if (instrument === undefined) throw new Error(`no instrument ${order.symbol}`);
  return { ticker: instrument.base, conid: conidOf(instrument) };
}

export function listedRow({ account }: PrivateCall, order: PaperOrder): Row {
  const { ticker, conid } = tradedOf(order);
  const number = accountNumberOf(account);
  const filled = formatDecimal(order.filled);
  return {
    acct: number,
    account: number,
    conid,
    conidex: String(conid),
    orderId: orderNumberOf(order),
    cashCcy: 'USD',
    sizeAndFills: `${filled}/${formatDecimal(order.size)}`,
    description1: ticker,
    ticker,
    secType: 'STK',
    listingExchange: 'NASDAQ',
    remainingQuantity: Number(formatDecimal(remaining(order))),
    filledQuantity: Number(filled),
    totalSize: Number(formatDecimal(order.size)),
    avgPrice: averagePrice(order) ?? '',
    status: statusOf(order),
    order_ccp_status: statusOf(order),
    origOrderType: order.price === undefined ? 'MARKET' : 'LIMIT',
    orderType: order.price === undefined ? 'Market' : 'Limit',
    ...(order.price === undefined ? {} : { price: formatDecimal(order.price) }),
    ...(order.clientId === undefined ? {} : { order_ref: order.clientId }),
    side: order.side.toUpperCase(),
    timeInForce: order.memo.tif ?? 'DAY',
    outsideRTH: false,
    lastExecutionTime_r: order.updatedMs,
  };
}

export function statusRow({ account }: PrivateCall, order: PaperOrder): Row {
  const { ticker, conid } = tradedOf(order);
  return {
    order_id: orderNumberOf(order),
    conid,
    conidex: String(conid),
    symbol: ticker,
    side: order.side === 'buy' ? 'B' : 'S',
    listing_exchange: 'NASDAQ',
    size: formatDecimal(remaining(order)),
    total_size: formatDecimal(order.size),
    cum_fill: formatDecimal(order.filled),
    average_price: averagePrice(order) ?? '',
    currency: 'USD',
    account: accountNumberOf(account),
    order_type: order.price === undefined ? 'MARKET' : 'LIMIT',
    ...(order.price === undefined ? {} : { limit_price: formatDecimal(order.price) }),
    order_status: statusOf(order),
    order_ccp_status: statusOf(order),
    tif: order.memo.tif ?? 'DAY',
  };
}
