// Spread orders: one instrument sold and another bought at the difference of their prices. Source: OKX v5 reference, "Spread Trading".
import { type Decimal, parseDecimal } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, OrderType, TimeInForce } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { needAmount, type Readers } from './bot-fields.js';
import { isInverse, kindOfInstrument } from './instrument.js';
import { identifier, needOrderIds, needSide } from './order-ids.js';

export const spreadReaders: Readers = {
  'sprd/order': placeSpread,
  'sprd/amend-order': amendSpread,
};

const types: Readonly<Record<string, { type: OrderType; timeInForce: TimeInForce }>> = {
  market: { type: 'market', timeInForce: 'ioc' },
  limit: { type: 'limit', timeInForce: 'gtc' },
  post_only: { type: 'limit', timeInForce: 'post-only' },
  ioc: { type: 'limit', timeInForce: 'ioc' },
};

/** The price is a difference: it may be zero, or below. */
const difference = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/;

/** Who buys a spread buys its second instrument and sells its first ("Get Spreads": each `legs` names them so). */
const sidesOf: Readonly<Record<OrderSide, readonly [OrderSide, OrderSide]>> = {
  buy: ['sell', 'buy'],
  sell: ['buy', 'sell'],
};

/** Two orders, neither of which is filled without the other: both count. */
function placeSpread(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = fields.need('sprdId', /^[A-Z0-9._-]{3,120}$/);
  const instruments = instrumentsOf(instrument);
  const sides = sidesOf[needSide(fields)];
  const spelled =
    fields.choice('ordType', types, 'ORDER_TYPE_UNSUPPORTED') ??
    fields.refuse('FIELD_MISSING', 'ordType', 'is missing');
  const value = needAmount(fields, 'sz');
  const price = readDifference(fields, 'px');
  if (spelled.type === 'market' && price !== undefined)
    refuseOrder('PRICE_AMBIGUOUS', 'a market order carries px');
  if (spelled.type !== 'market' && price === undefined) fields.refuse('FIELD_MISSING', 'px', 'is missing');
  fields.keep('tag');
  const head = intentBase('okx', context);
  // "The unit is USD for inverse spreads, and the corresponding baseCcy for linear and hybrid spreads."
  const unit = instruments.every(isInverse) ? ('quote' as const) : ('base' as const);
  const legs = instruments.map(
    (leg, index): OrderIntent => ({
      ...head,
      action: 'place',
      instrument: leg,
      side: index === 0 ? sides[0] : sides[1],
      type: 'market',
      timeInForce: spelled.timeInForce,
      quantity: { value, unit },
    }),
  );
  return dropUndefined<OrderIntent>({
    ...head,
    action: 'place',
    instrument,
    ...spelled,
    quantity: { value, unit },
    price,
    clientOrderId: fields.ownId('clOrdId', identifier),
    legs,
  });
}

/** The two ids that a spread's id joins by an underscore, which may stand in either, too. */
function instrumentsOf(spread: string): readonly [string, string] {
  const found: [string, string][] = [];
  for (let at = spread.indexOf('_'); at !== -1; at = spread.indexOf('_', at + 1)) {
    const pair: [string, string] = [spread.slice(0, at), spread.slice(at + 1)];
    if (pair.every((each) => kindOfInstrument(each) !== undefined)) found.push(pair);
  }
  const [pair, other] = found;
  if (pair === undefined || other !== undefined)
    return refuseOrder('SYMBOL_UNKNOWN', 'which two instruments this spread is of is not known');
  // OKX lists none of such, and the reference names the unit of no spread that has spot and an inverse contract.
  if (pair[0] === pair[1] || isInverse(pair[0]) !== isInverse(pair[1]))
    return refuseOrder('SYMBOL_UNKNOWN', 'the unit of this spread’s quantity is not known');
  return pair;
}

function readDifference(fields: OrderFields, name: string): Decimal | undefined {
  const text = fields.text(name);
  if (text === undefined) return undefined;
  const price = difference.test(text) ? parseDecimal(text) : undefined;
  return price ?? fields.refuse('NUMBER_INVALID', name, 'is not a plain decimal number');
}

/** Names the order alone: neither its instruments nor the unit that `newSz`, the new total, counts. */
function amendSpread(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.ownId('reqId', identifier);
  const price = readDifference(fields, 'newPx');
  const size = fields.has('newSz') ? needAmount(fields, 'newSz') : undefined;
  if (price === undefined && size === undefined)
    fields.refuse('FIELD_MISSING', 'newSz', 'is missing, and so is newPx');
  return dropUndefined<OrderIntent>({
    ...intentBase('okx', context),
    action: 'amend',
    instrument: '',
    ...needOrderIds(fields, 'ordId', 'clOrdId'),
    quantity: size === undefined ? undefined : { value: size, unit: 'base' },
    price,
  });
}
