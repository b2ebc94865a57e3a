// Orders of the engine as Alpaca shows them (docs.alpaca.markets, "Get all orders").
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import type { PaperOrder } from '../engine/orders.js';
import { assetIdOf, assets, isoTime, orderIdOf, type Row } from './call.js';

const statuses = {
  live: 'new',
  'partially-filled': 'partially_filled',
  filled: 'filled',
  canceled: 'canceled',
} as const;

export function orderRow(order: PaperOrder): Row {
  const symbol = assets.of(order);
  const type = order.trigger !== undefined ? 'stop_limit' : order.price === undefined ? 'market' : 'limit';
  const isNotional = order.quantity.unit === 'quote';
  const value = formatDecimal(order.quantity.value);
  const updated = isoTime(order.updatedMs);
  return {
    id: orderIdOf(order),
    client_order_id: order.clientId ?? orderIdOf(order),
    created_at: isoTime(order.createdMs),
    updated_at: updated,
    submitted_at: isoTime(order.createdMs),
    filled_at: order.state === 'filled' ? updated : null,
    expired_at: null,
    canceled_at: order.state === 'canceled' ? updated : null,
    failed_at: null,
    replaced_at: null,
    replaced_by: null,
    replaces: order.memo.replaces ?? null,
    asset_id: assetIdOf(symbol),
    symbol,
    asset_class: 'crypto',
    notional: isNotional ? value : null,
    qty: isNotional ? null : formatDecimal(order.size),
    filled_qty: formatDecimal(order.filled),
    filled_avg_price: averagePrice(order) ?? null,
    order_class: '',
    order_type: type,
    type,
    side: order.side,
    time_in_force: order.memo.time_in_force ?? 'gtc',
    limit_price: order.price === undefined ? null : formatDecimal(order.price),
    stop_price: order.trigger === undefined ? null : formatDecimal(order.trigger),
    status: statuses[order.state],
    extended_hours: false,
    legs: null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    position_intent: order.side === 'buy' ? 'buy_to_open' : 'sell_to_close',
  };
}
