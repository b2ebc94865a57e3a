// What the readers of Bybit's requests share: how a side, a client's own id and an order's two ids are written.
// Source: bybit-exchange/docs docs/v5/order, docs/v5/spread/trade, docs/v5/rfq/trade (2026-07-24).
import type { OrderIntent, OrderSide, TimeInForce } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields } from '../order-fields.js';
import type { ParseContext } from '../venue.js';

/** Consumes the fields of one request; who calls ends with `done`. */
export type Reader = (fields: OrderFields, base: IntentBase, context: ParseContext) => readonly OrderIntent[];
/** By row of the operation table. */
export type Readers = Readonly<Record<string, Reader>>;

/** Upper case only (docs/v5/order/create-order.mdx): `BTCUSDT`, `BTC-26DEC25`, `BTC-26DEC25-100000-C-USDT`. */
export const symbolForm = /^[A-Z0-9]{2,30}(?:-[A-Z0-9]{1,12}){0,4}$/;
/** Ids of the venue, of quotes and of requests for them, by number or with hyphens. */
export const orderIdForm = /^[A-Za-z0-9-]{1,64}$/;
export const linkIdForm = /^[A-Za-z0-9_-]{1,45}$/;

export const sides: Readonly<Record<string, OrderSide>> = { Buy: 'buy', Sell: 'sell' };
export const timesInForce: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PostOnly: 'post-only',
};

export function missing(fields: OrderFields, name: string): never {
  return fields.refuse('FIELD_MISSING', name, 'is missing');
}

export function needSide(fields: OrderFields, table: Readonly<Record<string, OrderSide>> = sides): OrderSide {
  return fields.choice('side', table) ?? missing(fields, 'side');
}

export function needSymbol(fields: OrderFields): string {
  return fields.need('symbol', symbolForm);
}

export function needIds(fields: OrderFields): Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'> {
  const venueOrderId = fields.match('orderId', orderIdForm);
  const clientOrderId = fields.match('orderLinkId', linkIdForm);
  if (venueOrderId === undefined && clientOrderId === undefined) {
    fields.refuse('FIELD_MISSING', 'orderId', 'is missing, and so is orderLinkId');
  }
  return dropUndefined({ venueOrderId, clientOrderId });
}

/** Borrowing is not expressible (S7). */
export function refuseBorrowing(fields: OrderFields, name: string): void {
  if ((fields.id(name, /^[01]$/) ?? '0') !== '0')
    fields.refuse('FIELD_INVALID', name, 'borrows, which is not expressible (S7)');
}
