// Orders of the engine as Tradier shows them (documentation.tradier.com/brokerage-api/reference/response/orders).
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import { isOpen, type PaperOrder, remaining } from '../engine/orders.js';
import { isoTime, type OrderGroup, options, orderNumberOf, type Row, symbolOf } from './call.js';

const statuses = {
  live: 'open',
  'partially-filled': 'partially_filled',
  filled: 'filled',
  canceled: 'canceled',
} as const;

/** An order by itself, or several under one number, which go on while one of them does. */
export function entryRow(entry: PaperOrder | OrderGroup, withTag: boolean): Row {
  if (!('orders' in entry)) return orderRow(entry, withTag);
  const legs = entry.orders.map((order) => orderRow(order, false));
  const traded = entry.orders.find(({ state }) => state === 'filled');
  const works = entry.orders.find((order) => isOpen(order) && order.waitsFor !== 'first');
  const leading = works ?? traded ?? entry.orders.at(-1);
  const { tag, net } = leading?.memo ?? {};
  return {
    ...(leading === undefined ? {} : orderRow(leading, false)),
    id: orderNumberOf(entry),
    class: leading?.memo.class ?? 'oto',
    ...(net === undefined ? {} : { price: Number(net) }),
    num_legs: legs.length,
    leg: legs,
    ...(withTag && tag !== undefined ? { tag } : {}),
  };
}

/** The tag is shown where it is asked for. */
export function orderRow(order: PaperOrder, withTag: boolean): Row {
  const isEnded = order.state === 'filled' || order.state === 'canceled';
  return {
    id: orderNumberOf(order),
    type: order.memo.type ?? (order.price === undefined ? 'market' : 'limit'),
    symbol: symbolOf(order) ?? order.symbol,
    side: order.memo.side ?? order.side,
    quantity: Number(formatDecimal(order.size)),
    status: order.waitsFor === 'first' && !isEnded ? 'pending' : statuses[order.state],
    duration: order.memo.duration ?? 'day',
    ...(order.price === undefined ? {} : { price: Number(formatDecimal(order.price)) }),
    ...(order.trigger === undefined ? {} : { stop_price: Number(formatDecimal(order.trigger)) }),
    avg_fill_price: Number(averagePrice(order) ?? '0'),
    exec_quantity: Number(formatDecimal(order.filled)),
    last_fill_price: Number(averagePrice(order) ?? '0'),
    last_fill_quantity: Number(formatDecimal(order.filled)),
    remaining_quantity: isEnded ? 0 : Number(formatDecimal(remaining(order))),
    create_date: isoTime(order.createdMs),
    transaction_date: isoTime(order.updatedMs),
    ...(options.find(order.symbol) === undefined
      ? { class: 'equity' }
      : { class: 'option', option_symbol: order.symbol }),
    ...(withTag && order.memo.tag !== undefined ? { tag: order.memo.tag } : {}),
  };
}
