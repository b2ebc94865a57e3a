// What every Binance order parser shares: forms of symbols and ids, sides, times in force, parameters that change no decision.
import type { OrderIntent, OrderSide, TimeInForce } from '../../core/order.js';
import type { OrderFields } from '../order-fields.js';
import { dropUndefined, refuseOrder } from '../order-fields.js';

/** ASCII only (D19): Binance lists a few symbols in other scripts, which no rule could name safely. */
export const symbolForm = /^[A-Z0-9]{1,20}(?:[_-][A-Z0-9]{1,12}){0,4}$/;
/** USDⓈ-M docs, New Order: `^[\.A-Z\:/a-z0-9_-]{1,36}$`. */
export const clientIdForm = /^[.A-Z:/a-z0-9_-]{1,36}$/;
export const idForm = /^\d{1,20}$/;
const wordForm = /^[A-Z][A-Z_]{0,30}$/;

export const sides: Readonly<Record<string, OrderSide>> = { BUY: 'buy', SELL: 'sell' };
export const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  TRUE: true,
  FALSE: false,
};
export const spotTimesInForce: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' };

/** Consumes what changes neither money nor risk: the answer's form, self-trade prevention, freshness. */
export function skipCommon(fields: OrderFields): void {
  fields.match('newOrderRespType', wordForm);
  fields.match('selfTradePreventionMode', wordForm);
  fields.ignore('recvWindow', 'timestamp');
}

export function needSide(fields: OrderFields, name: string): OrderSide {
  return fields.choice(name, sides) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

/** In hedge mode the position that is meant, which the account's mode must fit: else Binance refuses the order. */
export function readPositionSide(fields: OrderFields): OrderIntent['positionSide'] {
  return fields.choice('positionSide', { BOTH: undefined, LONG: 'long', SHORT: 'short' } as const);
}

/** S7: margin orders may not borrow or repay on the side. Those of isolated margin no call lists for all pairs: a kill would miss them. */
export function refuseBorrowing(fields: OrderFields): void {
  if (fields.choice('isIsolated', booleans) === true)
    refuseOrder(
      'PRODUCT_UNSUPPORTED',
      'orders of isolated margin can not be listed for all pairs, so not stopped',
    );
  if ((fields.text('sideEffectType') ?? 'NO_SIDE_EFFECT') !== 'NO_SIDE_EFFECT') {
    refuseOrder('FIELD_INVALID', 'a margin order that borrows or repays is not expressible');
  }
  if (fields.choice('autoRepayAtCancel', booleans) === true) {
    refuseOrder('FIELD_INVALID', 'a margin order that repays when it is cancelled is not expressible');
  }
}

/** Either id of a resting order; both are kept. Throws a refusal when neither is there. */
export function needOrderId(
  fields: OrderFields,
  idName: string,
  clientName: string,
): Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'> {
  const venueOrderId = fields.id(idName, idForm);
  const clientOrderId = fields.match(clientName, clientIdForm);
  if (venueOrderId === undefined && clientOrderId === undefined) {
    fields.refuse('FIELD_MISSING', idName, 'is missing, and no client order id stands in for it');
  }
  return dropUndefined({ venueOrderId, clientOrderId });
}
