// Orders of the engine as Coinbase shows them (Advanced Trade REST, "Get order").
import { formatDecimal } from '../../core/decimal.js';
import { averagePrice, quoteFee } from '../desk.js';
import type { PaperOrder } from '../engine/orders.js';
import { isoTime, orderIdOf, products, type Row, statuses } from './call.js';

export function orderRow(order: PaperOrder): Row {
  const isMarket = order.price === undefined;
  return {
    order_id: orderIdOf(order),
    product_id: products.of(order),
    user_id: '',
    order_configuration: configurationOf(order),
    side: order.side.toUpperCase(),
    client_order_id: order.clientId ?? '',
    status: statuses[order.state],
    time_in_force: isMarket ? 'IMMEDIATE_OR_CANCEL' : 'GOOD_UNTIL_CANCELLED',
    created_time: isoTime(order.createdMs),
    completion_percentage: order.state === 'filled' ? '100' : '0',
    filled_size: formatDecimal(order.filled),
    average_filled_price: averagePrice(order) ?? '0',
    fee: '',
    number_of_fills: '0',
    filled_value: formatDecimal(order.cost),
    pending_cancel: false,
    size_in_quote: order.quantity.unit === 'quote',
    total_fees: quoteFee(order),
    size_inclusive_of_fees: false,
    total_value_after_fees: formatDecimal(order.cost),
    trigger_status:
      order.trigger === undefined && order.orStop === undefined
        ? 'INVALID_ORDER_TYPE'
        : order.waitsFor === 'trigger' || (order.orStop !== undefined && order.price !== undefined)
          ? 'STOP_PENDING'
          : 'STOP_TRIGGERED',
    order_type: typeOf(order),
    reject_reason: 'REJECT_REASON_UNSPECIFIED',
    settled: order.state === 'filled',
    product_type: 'SPOT',
    reject_message: '',
    cancel_message: order.cancelReason === 'by-client' ? 'User requested cancel' : '',
    last_fill_time: null,
  };
}

function typeOf({ orStop, trigger, price }: PaperOrder): string {
  if (orStop !== undefined) return 'BRACKET';
  if (trigger !== undefined) return 'STOP_LIMIT';
  return price === undefined ? 'MARKET' : 'LIMIT';
}

export function configurationOf(order: PaperOrder): Row {
  const size =
    order.quantity.unit === 'quote'
      ? { quote_size: formatDecimal(order.quantity.value) }
      : { base_size: formatDecimal(order.size) };
  const { orStop } = order;
  if (orStop !== undefined) {
    const stop_trigger_price = formatDecimal(orStop.trigger);
    const { limit_price = '', configuration = '' } = order.memo;
    return { [configuration]: { ...size, limit_price, stop_trigger_price } };
  }
  if (order.price === undefined) return { market_market_ioc: size };
  const limit_price = formatDecimal(order.price);
  const key = order.memo.configuration ?? 'limit_limit_gtc';
  return {
    [key]: {
      ...size,
      limit_price,
      ...(order.trigger === undefined
        ? {}
        : {
            stop_price: formatDecimal(order.trigger),
            stop_direction: `STOP_DIRECTION_STOP_${order.triggerMove === 'rises' ? 'UP' : 'DOWN'}`,
          }),
      ...(key === 'limit_limit_gtc' ? { post_only: order.timeInForce === 'post-only' } : {}),
    },
  };
}
