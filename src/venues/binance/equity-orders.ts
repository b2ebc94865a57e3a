// Orders of US shares at Binance. Sources: developers.binance.com Stocks Trading, "Place Equity Order" (which fields go with which side and
// type), quick start; ccxt 4.5.84 binance createOrderRequest().
import type { OrderIntent, Quantity, TimeInForce } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields } from '../order-fields.js';
import { clientIdForm, needSide } from './order-base.js';

const tickerForm = /^[A-Z]{1,6}(?:[.-][A-Z]{1,3})?$/;
const types = { LIMIT: 'limit', MARKET: 'market' } as const;
const sessions = { RTH: true, EXTENDED: true, '24H': true };
const timesInForce: Readonly<Record<string, TimeInForce>> = { DAY: 'day', GTC: 'gtc' };

/** Shares, or dollars of a purchase at market. */
export function readEquityOrder(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  fields.ignore('recvWindow', 'timestamp');
  const side = needSide(fields, 'side');
  const type = fields.choice('orderType', types, 'ORDER_TYPE_UNSUPPORTED');
  if (type === undefined) return fields.refuse('FIELD_MISSING', 'orderType', 'is missing');
  const isLimit = type === 'limit';
  if ((fields.choice('tradingSession', sessions) !== undefined) !== isLimit)
    fields.refuse('FIELD_CONFLICT', 'tradingSession', 'belongs to limit orders, and to them only');
  const price = fields.positive('price');
  if ((price !== undefined) !== isLimit)
    fields.refuse('FIELD_CONFLICT', 'price', 'belongs to limit orders, and to them only');
  const intent = {
    ...base,
    action: 'place' as const,
    instrument: fields.need('symbol', tickerForm),
    side,
    type,
    timeInForce: fields.choice('timeInForce', timesInForce),
    quantity: readQuantity(fields, !isLimit && side === 'buy'),
    price,
    clientOrderId: fields.ownId('clientOrderId', clientIdForm),
  };
  return [dropUndefined(intent)];
}

function readQuantity(fields: OrderFields, isByMoney: boolean): Quantity {
  const name = isByMoney ? 'notional' : 'quantity';
  const value = fields.positive(name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
  return { value, unit: isByMoney ? 'quote' : 'base' };
}
