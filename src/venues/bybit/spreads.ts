// Orders of spreads: one coin of the first leg against one of the second, at the difference of their prices. What is bought and sold
// stands in the legs. Source: bybit-exchange/docs docs/v5/spread/trade (2026-07-24), bybit-api 4.7.7 types/request/v5-spreadtrading.
import { type Decimal, parseDecimal } from '../../core/decimal.js';
import { type OrderIntent, otherSide } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { linkIdForm, missing, needIds, needSide, type Readers, timesInForce } from './reader.js';
import { legsOf, spreadForm } from './spread-names.js';

export const spreadReaders: Readers = {
  'v5/spread/order/create': (fields, base, context) => [readSpread(fields, base, context)],
  'v5/spread/order/amend': (fields, base, context) => [readSpreadAmendment(fields, base, context)],
  'v5/spread/order/cancel': readSpreadCancel,
  'v5/spread/order/cancel-all': readSpreadCancel,
};

const types = { Limit: 'limit', Market: 'market' } as const;
/** A difference of two prices may be zero or below. */
const differenceForm = /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/;

/** Bought, the first leg is bought and the second sold; sold, the other way round (order-history.mdx, `leg1Side`, `leg2Side`). */
function readSpread(fields: OrderFields, base: IntentBase, context: ParseContext): OrderIntent {
  const side = needSide(fields);
  const type = fields.choice('orderType', types, 'ORDER_TYPE_UNSUPPORTED') ?? missing(fields, 'orderType');
  const value = fields.positive('qty') ?? missing(fields, 'qty');
  const price = readDifference(fields);
  if (type === 'limit' && price === undefined) missing(fields, 'price');
  // D3: as of every market order, a price would bound nothing.
  if (type === 'market' && price !== undefined)
    fields.refuse('FIELD_CONFLICT', 'price', 'stands with a market order');
  const timeInForce = fields.choice('timeInForce', timesInForce);
  const { instrument, names } = needSpread(fields, context);
  const legs = [side, otherSide[side]].map((legSide, index) =>
    dropUndefined({
      ...base,
      action: 'place' as const,
      instrument: names[index] ?? '',
      side: legSide,
      type,
      timeInForce,
      quantity: { value, unit: 'base' as const },
    }),
  );
  return dropUndefined({
    ...base,
    action: 'place' as const,
    instrument,
    type,
    timeInForce,
    // Of the combination, not of a coin that the account could hold.
    quantity: { value, unit: 'contracts' as const },
    price,
    clientOrderId: fields.ownId('orderLinkId', linkIdForm),
    legs,
  });
}

/** Quantity and price are the new totals; which leg is bought the order said that was placed. */
function readSpreadAmendment(fields: OrderFields, base: IntentBase, context: ParseContext): OrderIntent {
  const value = fields.positive('qty');
  const price = readDifference(fields);
  if (value === undefined && price === undefined)
    fields.refuse('FIELD_MISSING', 'qty', 'is missing, and so is price');
  const { instrument, names } = needSpread(fields, context);
  const legs = names.map((name) =>
    dropUndefined({
      ...base,
      action: 'amend' as const,
      instrument: name,
      quantity: value === undefined ? undefined : { value, unit: 'base' as const },
    }),
  );
  return dropUndefined({
    ...base,
    action: 'amend' as const,
    instrument,
    quantity: value === undefined ? undefined : { value, unit: 'contracts' as const },
    price,
    ...needIds(fields),
    legs,
  });
}

function readSpreadCancel(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  fields.flag('cancelAll');
  const instrument = fields.match('symbol', /^[A-Z0-9_/-]{1,60}$/) ?? '';
  const hasIds = fields.has('orderId') || fields.has('orderLinkId');
  return [{ ...base, action: 'cancel', instrument, ...(hasIds ? needIds(fields) : {}) }];
}

function readDifference(fields: OrderFields): Decimal | undefined {
  return parseDecimal(fields.id('price', differenceForm));
}

/** Two coins' symbols cannot be told from the spread's: only the venue's list names them. */
function needSpread(fields: OrderFields, { instruments }: ParseContext) {
  const instrument = fields.need('symbol', spreadForm);
  const names =
    legsOf(instruments, instrument) ??
    refuseOrder('SYMBOL_UNKNOWN', 'the legs of this spread are not in the list of spreads');
  return { instrument, names };
}
