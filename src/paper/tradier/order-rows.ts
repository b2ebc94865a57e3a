// Orders of the engine as Tradier shows them (documentation.tradier.com/brokerage-api/reference/response/orders).
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import { type PaperOrder, remaining } from '../engine/orders.js';
import { isoTime, options, orderNumberOf, type Row, symbolOf } from './call.js';

const statuses = {
  live: 'open',
  'partially-filled': 'partially_filled',
  filled: 'filled',
  canceled: 'canceled',
} as const;

/** The tag is shown where it is asked for. */
export function orderRow(order: PaperOrder, withTag: boolean): Row {
  const isEnded = order.state === 'filled' || order.state === 'canceled';
  return {
    id: orderNumberOf(order),
    type: order.price === undefined ? 'market' : 'limit',
    symbol: symbolOf(order) ?? order.symbol,
    side: order.memo.side ?? order.side,
    quantity: Number(formatDecimal(order.size)),
    status: statuses[order.state],
    duration: order.memo.duration ?? 'day',
    ...(order.price === undefined ? {} : { price: Number(formatDecimal(order.price)) }),
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
