// Strategy orders: one order that Bybit works off by itself, over time (twap), at the best price of the book (chase), in parts that hide
// its size (iceberg) or by the market's volume (pov). Source: bybit-exchange/docs docs/v5/strategy/create-strategy.mdx (2026-07-24),
// bybit-api 4.7.7 types/request/v5-strategy.
import { isReduceOnly, type OrderIntent, type OrderType, type Quantity } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import { readPositionSide } from './place.js';
import { missing, needSide, needSymbol, type Readers, refuseBorrowing } from './reader.js';

export const strategyReaders: Readers = {
  'v5/strategy/create': (fields, base) => [readStrategy(fields, base)],
};

/** Whether sizes of it are known to be coins, and values quote currency. */
const categories = {
  UTA_SPOT: true,
  UTA_USDT: true,
  UTA_USDT_FUTURE: true,
  UTA_USDC: true,
  UTA_USDC_FUTURE: true,
  UTA_INVERSE: false,
  UTA_INVERSE_FUTURE: false,
};
const types: Readonly<Record<string, OrderType>> = {
  twap: 'twap',
  chaseOrder: 'other',
  iceberg: 'other',
  pov: 'other',
};
const wholeForm = /^\d{1,6}$/;
const povModes = { TradedVolume: true, OppositeSideLiquidity: true, SameSideLiquidity: true };

function readStrategy(fields: OrderFields, base: IntentBase): OrderIntent {
  const isCounted = fields.choice('category', categories) ?? missing(fields, 'category');
  const instrument = needSymbol(fields);
  const side = needSide(fields);
  const type =
    fields.choice('strategyType', types, 'ORDER_TYPE_UNSUPPORTED') ?? missing(fields, 'strategyType');
  refuseBorrowing(fields, 'leverageType');
  const quantity = readSize(fields, isCounted);
  const isFollowing = fields.has('chaseDistance') || fields.has('chasePercentE4');
  skipPace(fields);
  const price = fields.positive('limitPrice');
  if (price !== undefined && isFollowing)
    fields.refuse('FIELD_CONFLICT', 'limitPrice', 'stands with a distance from the book');
  const positionSide = readPositionSide(fields, 'linear');
  const reducing = fields.flag('reduceOnly');
  return dropUndefined({
    ...base,
    action: 'place' as const,
    instrument,
    side,
    positionSide,
    // "limit price applied to all sub-orders"; twap orders take any price but at a distance from the book.
    type: price === undefined ? type : ('limit' as const),
    quantity,
    price,
    trigger: fields.positive('triggerPrice'),
    reduceOnly: isReduceOnly(positionSide, side, reducing),
  });
}

/** All that the strategy may buy or sell. Parts of it, and how much they vary, change nothing of the sum. */
function readSize(fields: OrderFields, isCounted: boolean): Quantity {
  const size = fields.positive('size');
  const value = fields.positive('positionValue');
  if (size !== undefined && value !== undefined)
    fields.refuse('FIELD_CONFLICT', 'positionValue', 'stands beside size');
  // A pov order may be bounded by its duration alone: how much it takes then, nobody can say.
  if (size === undefined && value === undefined) missing(fields, 'size');
  if (!isCounted)
    refuseOrder('QUANTITY_AMBIGUOUS', 'whether sizes of inverse contracts are coins or dollars is not told');
  return size === undefined
    ? { value: value ?? missing(fields, 'size'), unit: 'quote' }
    : { value: size, unit: 'base' };
}

/** How fast, in what parts and how near to the book it is worked off. */
function skipPace(fields: OrderFields): void {
  for (const name of ['duration', 'interval', 'orderCount', 'chasePercentE4']) fields.id(name, wholeForm);
  for (const name of ['subSize', 'subPositionValue', 'maxChasePrice']) fields.positive(name);
  fields.flag('isRandom');
  fields.id('postOnly', /^[01]$/);
  // -1: at the price of the other side.
  fields.id('chaseDistance', /^(?:-1|\d{1,15}(?:\.\d{1,12})?)$/);
  fields.match('chasePrice', /^(?:Bid1|Ask1|\d{1,15}(?:\.\d{1,12})?)$/);
  fields.match('strategyPrefer', /^[A-Za-z]{1,30}$/);
  fields.match('strategyName', /^[\w .-]{1,60}$/);
  const pov = fields.object('povParams') ?? fields;
  pov.choice('mode', povModes);
  pov.id('participationRate', /^\d{1,3}(?:\.\d)?$/);
  pov.id('referenceWindow', wholeForm);
  pov.id('depthReference', wholeForm);
  if (pov !== fields) pov.done();
}
