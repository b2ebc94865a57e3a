// Orders of the engine as Alpaca shows them (docs.alpaca.markets, "Get all orders", "Bracket Orders"): a group's legs under its first.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice } from '../desk.js';
import type { Account } from '../engine/account.js';
import type { PaperOrder } from '../engine/orders.js';
import { assetIdOf, classOf, isoTime, isShortSale, nameOf, orderIdOf, type Row } from './call.js';
import type { PositionIntent } from './intents.js';

const hundred = decimal('100');
const statuses = {
  live: 'new',
  'partially-filled': 'partially_filled',
  filled: 'filled',
  canceled: 'canceled',
} as const;

/** The stop of a group is held until it is triggered, and every leg until the entry is filled ("Order Lifecycle"). */
function statusOf({ state, waitsFor, memo }: PaperOrder): string {
  const isHeld = waitsFor === 'first' || (waitsFor === 'trigger' && memo.leg === 'stop');
  return state === 'live' && isHeld ? 'held' : statuses[state];
}

function typeOf({ trail, trigger, price }: PaperOrder): string {
  if (trail !== undefined) return 'trailing_stop';
  if (trigger !== undefined) return price === undefined ? 'stop' : 'stop_limit';
  return price === undefined ? 'market' : 'limit';
}

/** What hangs on an order: the exits of an entry, the stop of an OCO's limit; none of a leg. */
export function legsOf(account: Account, order: PaperOrder): readonly PaperOrder[] {
  const { link } = order;
  if (link === undefined || order.memo.leg !== undefined) return [];
  return account.group(link.id).filter(({ id }) => id !== order.id);
}

/** With its legs. */
export function nestedRow(account: Account, order: PaperOrder): Row {
  const legs = legsOf(account, order);
  return { ...orderRow(order), legs: legs.length === 0 ? null : legs.map(orderRow) };
}

export function orderRow(order: PaperOrder): Row {
  const symbol = nameOf(order);
  const type = typeOf(order);
  const { trail, best } = order;
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
    asset_class: classOf(order).class,
    notional: isNotional ? value : null,
    qty: isNotional ? null : formatDecimal(order.size),
    filled_qty: formatDecimal(order.filled),
    filled_avg_price: averagePrice(order) ?? null,
    order_class: order.memo.order_class ?? '',
    order_type: type,
    type,
    side: order.side,
    time_in_force: order.memo.time_in_force ?? 'gtc',
    limit_price: order.price === undefined ? null : formatDecimal(order.price),
    stop_price: order.trigger === undefined ? null : formatDecimal(order.trigger),
    status: statusOf(order),
    extended_hours: false,
    legs: null,
    trail_percent: trail?.unit === 'ratio' ? formatDecimal(trail.value.times(hundred)) : null,
    trail_price: trail?.unit === 'price' ? formatDecimal(trail.value) : null,
    hwm: best === undefined ? null : formatDecimal(best),
    position_intent: intentOf(order),
  };
}

/** Shares sold short are bought to close; everything else is bought to open. */
function intentOf(order: PaperOrder): PositionIntent {
  if (isShortSale(order)) return order.side === 'buy' ? 'buy_to_close' : 'sell_to_open';
  return order.side === 'buy' ? 'buy_to_open' : 'sell_to_close';
}
