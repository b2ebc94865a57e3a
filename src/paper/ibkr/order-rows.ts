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

/** A stop that was not triggered yet is PreSubmitted, and so is a child whose parent was not filled ("Order Status Value"). */
export function statusOf({ state, waitsFor }: PaperOrder): string {
  return state === 'live' && waitsFor !== undefined ? 'PreSubmitted' : statuses[state];
}

/** The type's name, and what the list of live orders calls it. */
function typeOf({ price, trigger }: PaperOrder): readonly [string, string] {
  if (trigger === undefined) return price === undefined ? ['MARKET', 'Market'] : ['LIMIT', 'Limit'];
  return price === undefined ? ['STOP', 'Stop'] : ['STOP_LIMIT', 'Stop Limit'];
}

const stopPriceOf = ({ trigger }: PaperOrder): Row =>
  trigger === undefined ? {} : { stop_price: formatDecimal(trigger) };

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
    origOrderType: typeOf(order)[0],
    orderType: typeOf(order)[1],
    ...stopPriceOf(order),
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
    order_type: typeOf(order)[0],
    ...stopPriceOf(order),
    ...(order.price === undefined ? {} : { limit_price: formatDecimal(order.price) }),
    order_status: statusOf(order),
    order_ccp_status: statusOf(order),
    tif: order.memo.tif ?? 'DAY',
  };
}
