// One Bybit order, amendment or position stop: units per category, conditional orders, attached take-profit and stop-loss.
import { decimal } from '../../core/decimal.js';
import {
  isReduceOnly,
  type OrderIntent,
  type OrderSide,
  type OrderType,
  otherSide,
  type PositionSide,
  type Quantity,
  type TimeInForce,
} from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import {
  linkIdForm,
  missing,
  needIds,
  needSide,
  needSymbol,
  type Reader,
  refuseBorrowing,
  timesInForce,
} from './reader.js';

const categories = { spot: 'spot', linear: 'linear', inverse: 'inverse', option: 'option' } as const;
export type Category = keyof typeof categories;

const orderTimes: Readonly<Record<string, TimeInForce>> = { ...timesInForce, RPI: 'post-only' };
const triggerBases = { LastPrice: true, IndexPrice: true, MarkPrice: true };
const orderFilters = { Order: true, tpslOrder: true, StopOrder: true };
const zero = decimal('0');
const mostInBatch = 20;
export const everything: Quantity = { value: zero, unit: 'close-all' };

export function readCategory(fields: OrderFields): Category {
  return fields.choice('category', categories) ?? fields.refuse('FIELD_MISSING', 'category', 'is missing');
}

/** `{category, request: [ … ]}`: one bad element refuses all. */
export function batchOf(
  readOne: (fields: OrderFields, base: IntentBase, category: Category) => OrderIntent,
  categoryOf = readCategory,
): Reader {
  return (fields, base) => {
    const category = categoryOf(fields);
    const orders = fields.objects('request', mostInBatch) ?? missing(fields, 'request');
    return orders.map((order) => order.sealOne(readOne(order, base, category)));
  };
}

/** What differs between the generations of the interface. */
export interface OrderForm {
  /** Where it is read already, as the category is told from it. */
  instrument?: string;
  times?: Readonly<Record<string, TimeInForce>>;
}

/** POST /v5/order/create, and one element of create-batch. */
export function readOrder(
  fields: OrderFields,
  base: IntentBase,
  category: Category,
  { instrument = needSymbol(fields), times = orderTimes }: OrderForm = {},
): OrderIntent {
  refuseUnpriced(fields);
  refuseBorrowing(fields, 'isLeverage');
  fields.match('smpType', /^[A-Za-z]{1,30}$/);
  fields.flag('mmp');
  fields.flag('rpiTakerAccess');
  fields.match('slippageToleranceType', /^(?:TickSize|Percent)$/);
  fields.unsigned('slippageTolerance');
  const side = needSide(fields);
  const isLimit =
    fields.choice('orderType', { Market: false, Limit: true }, 'ORDER_TYPE_UNSUPPORTED') ??
    fields.refuse('FIELD_MISSING', 'orderType', 'is missing');
  const reducing = fields.flag('reduceOnly');
  const closing = fields.flag('closeOnTrigger');
  const quantity = readQuantity(fields, category, side, isLimit, reducing === true && closing === true);
  const trigger = readTrigger(fields, side);
  const price = fields.positive('price');
  if (isLimit && price === undefined) fields.refuse('FIELD_MISSING', 'price', 'is missing');
  // D3: Bybit ignores the price of a market order, so a rule must not see one.
  if (!isLimit && price !== undefined) fields.refuse('FIELD_CONFLICT', 'price', 'stands with a market order');
  const positionSide = readPositionSide(fields, category);
  const common = commonOf(base, instrument, category, positionSide);
  const exits = readExits(fields, common, side, quantity, category === 'spot');
  return dropUndefined({
    ...common,
    action: 'place' as const,
    side,
    type: typeOf(isLimit, trigger?.kind),
    timeInForce: fields.choice('timeInForce', times),
    quantity,
    price,
    trigger: trigger?.price,
    reduceOnly: isReduceOnly(positionSide, side, closing === true ? true : reducing),
    clientOrderId: fields.ownId('orderLinkId', linkIdForm),
    legs: exits.length === 0 ? undefined : exits,
  });
}

/** POST /v5/order/amend, and one element of amend-batch: quantity and price are the new totals. */
export function readAmendment(
  fields: OrderFields,
  base: IntentBase,
  category: Category,
  { instrument = needSymbol(fields) }: Pick<OrderForm, 'instrument'> = {},
): OrderIntent {
  refuseUnpriced(fields);
  fields.choice('triggerBy', triggerBases);
  const value = fields.positive('qty');
  const quantity = value === undefined ? undefined : ({ value, unit: unitOf(category) } as const);
  const common = commonOf(base, instrument, category);
  const exits = readExits(fields, common, undefined, quantity ?? everything, category === 'spot');
  return dropUndefined({
    ...common,
    action: 'amend' as const,
    quantity,
    price: fields.positive('price'),
    trigger: fields.positive('triggerPrice'),
    legs: exits.length === 0 ? undefined : exits,
    ...needIds(fields),
  });
}

/** POST /v5/position/trading-stop: exits of a position, each an order; zero takes one away. */
export function readTradingStop(
  fields: OrderFields,
  base: IntentBase,
  category: Category,
  { instrument = needSymbol(fields) }: Pick<OrderForm, 'instrument'> = {},
): readonly OrderIntent[] {
  const common = commonOf(base, instrument, category, readPositionSide(fields, category));
  const removes = ['takeProfit', 'stopLoss', 'trailingStop'].some((name) => fields.has(name));
  const exits = readExits(fields, common, undefined, everything, category === 'spot');
  const distance = fields.unsigned('trailingStop');
  const trigger = fields.positive('activePrice');
  if (distance !== undefined && !distance.eq(zero)) {
    exits.push(
      dropUndefined({
        ...common,
        action: 'place' as const,
        type: 'trailing-stop' as const,
        quantity: everything,
        trigger,
        reduceOnly: true,
      }),
    );
  }
  if (exits.length > 0) return exits;
  if (removes) return [{ ...common, action: 'amend' }];
  return fields.refuse('FIELD_MISSING', 'takeProfit', 'is missing, and so is every other exit');
}

type Common = IntentBase & Pick<OrderIntent, 'instrument' | 'isDerivative' | 'positionSide'>;

/** Linear perpetuals and futures, and options, count base coins and make positions. */
function commonOf(
  base: IntentBase,
  instrument: string,
  category: Category,
  positionSide?: PositionSide,
): Common {
  return {
    ...base,
    instrument,
    ...(category === 'linear' || category === 'option' ? { isDerivative: true } : {}),
    ...(positionSide === undefined ? {} : { positionSide }),
  };
}

/** Take-profit and stop-loss fields, the same in orders, amendments and position stops. */
function readExits(
  fields: OrderFields,
  common: Common,
  side: OrderSide | undefined,
  entry: Quantity,
  isSpot: boolean,
): OrderIntent[] {
  const mode = fields.choice('tpslMode', { Full: 'full', Partial: 'partial' } as const);
  // Only a partial exit, and every exit of a spot order, is of the entry's size; else it closes the position.
  const size = isSpot || mode === 'partial' ? entry : everything;
  return (
    [
      ['tp', 'takeProfit', 'take-profit', 'take-profit-limit'],
      ['sl', 'stopLoss', 'stop', 'stop-limit'],
    ] as const
  ).flatMap(([prefix, name, marketType, limitType]) => {
    fields.choice(`${prefix}TriggerBy`, triggerBases);
    fields.choice(`${prefix}OrderType`, { Market: true, Limit: true });
    const own = fields.positive(`${prefix}Size`);
    // docs/v5/position/trading-stop.mdx: "valid for TP/SL partial mode".
    if (own !== undefined && mode === 'full')
      fields.refuse('FIELD_CONFLICT', `${prefix}Size`, 'stands with an exit of the whole position');
    const price = fields.positive(`${prefix}LimitPrice`);
    const trigger = fields.unsigned(name);
    if (trigger === undefined || trigger.eq(zero)) return [];
    return [
      dropUndefined({
        ...common,
        action: 'place' as const,
        side: side === undefined ? undefined : otherSide[side],
        type: price === undefined ? marketType : limitType,
        quantity:
          own === undefined ? size : { value: own, unit: entry.unit === 'contracts' ? 'contracts' : 'base' },
        price,
        trigger,
        reduceOnly: isSpot ? undefined : true,
      }),
    ];
  });
}

function readQuantity(
  fields: OrderFields,
  category: Category,
  side: OrderSide,
  isLimit: boolean,
  closesAll: boolean,
): Quantity {
  const inQuote = fields.choice('marketUnit', { baseCoin: false, quoteCoin: true });
  if (inQuote !== undefined && (isLimit || category !== 'spot')) {
    fields.refuse('FIELD_CONFLICT', 'marketUnit', 'stands with something else than a spot market order');
  }
  const value = fields.unsigned('qty') ?? fields.refuse('FIELD_MISSING', 'qty', 'is missing');
  if (value.eq(zero)) {
    return closesAll && category !== 'spot' ? everything : fields.refuse('NUMBER_INVALID', 'qty', 'is zero');
  }
  if (category !== 'spot') return { value, unit: unitOf(category) };
  // A spot market buy is by value unless marketUnit says otherwise; a spot limit order always by quantity.
  return { value, unit: !isLimit && (inQuote ?? side === 'buy') ? 'quote' : 'base' };
}

/** Inverse perpetuals and futures count contracts of one USD; everything else the base coin. */
function unitOf(category: Category): 'base' | 'contracts' {
  return category === 'inverse' ? 'contracts' : 'base';
}

function readTrigger(fields: OrderFields, side: OrderSide) {
  const direction = fields.id('triggerDirection', /^[12]$/);
  fields.choice('triggerBy', triggerBases);
  fields.choice('orderFilter', orderFilters);
  const price = fields.positive('triggerPrice');
  if (price === undefined) return undefined;
  // 1: when the price rises, 2: when it falls. A buy above or a sell below the market is a stop.
  const takesProfit = direction !== undefined && (direction === '1') === (side === 'sell');
  return { price, kind: takesProfit ? ('take-profit' as const) : ('stop' as const) };
}

export function typeOf(isLimit: boolean, trigger: 'stop' | 'take-profit' | undefined): OrderType {
  if (trigger === undefined) return isLimit ? 'limit' : 'market';
  return isLimit ? `${trigger}-limit` : trigger;
}

/** positionIdx: "0: one-way mode, 1: Buy side of hedge-mode, 2: Sell side of hedge-mode". Spot holds no positions. */
export function readPositionSide(fields: OrderFields, category: Category): PositionSide | undefined {
  const index = fields.id('positionIdx', /^[012]$/);
  if (category === 'spot' || category === 'option') return undefined;
  return index === '1' ? 'long' : index === '2' ? 'short' : undefined;
}

function refuseUnpriced(fields: OrderFields): void {
  for (const name of ['orderIv', 'bboSideType', 'bboLevel']) {
    if (fields.has(name)) refuseOrder('PRICE_RELATIVE', `${name} lets the market decide the price`);
  }
}
