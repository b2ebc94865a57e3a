// Spot and margin orders of Binance: single, cancel-replace, OCO, OTO, OTOCO, OPO, TWAP; every leg becomes an intent.
// Source: binance-spot-api-docs rest-api.md "Trading endpoints" (2026-07-21).
import type { Decimal } from '../../core/decimal.js';
import {
  isReduceOnly,
  type OrderIntent,
  type OrderSide,
  type OrderType,
  type Quantity,
} from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import {
  clientIdForm,
  idForm,
  needOrderId,
  needSide,
  readPositionSide,
  refuseBorrowing,
  skipCommon,
  spotTimesInForce,
  symbolForm,
} from './order-base.js';

interface Kind {
  type: OrderType;
  hasPrice?: boolean;
  hasTrigger?: boolean;
  isPostOnly?: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  LIMIT: { type: 'limit', hasPrice: true },
  LIMIT_MAKER: { type: 'limit', hasPrice: true, isPostOnly: true },
  MARKET: { type: 'market' },
  STOP_LOSS: { type: 'stop', hasTrigger: true },
  STOP_LOSS_LIMIT: { type: 'stop-limit', hasPrice: true, hasTrigger: true },
  TAKE_PROFIT: { type: 'take-profit', hasTrigger: true },
  TAKE_PROFIT_LIMIT: { type: 'take-profit-limit', hasPrice: true, hasTrigger: true },
};

/** What the legs of a list share. */
interface Shared {
  instrument: string;
  side?: OrderSide;
  quantity?: Quantity;
  /** Where it is read already. */
  kind?: Kind;
}

/** POST /api/v3/order, /api/v3/sor/order, /sapi/v1/margin/order, /papi/v1/margin/order. */
export function readSpotOrder(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  skipMargin(fields);
  return [readLeg(fields, '', { instrument: fields.need('symbol', symbolForm) }, base)];
}

/** POST /api/v3/order/cancelReplace: the cancel and the new order. */
export function readCancelReplace(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  skipCommon(fields);
  const instrument = fields.need('symbol', symbolForm);
  fields.choice('cancelReplaceMode', { STOP_ON_FAILURE: true, ALLOW_FAILURE: true }) ??
    fields.refuse('FIELD_MISSING', 'cancelReplaceMode', 'is missing');
  fields.choice('cancelRestrictions', { ONLY_NEW: true, ONLY_PARTIALLY_FILLED: true });
  fields.choice('orderRateLimitExceededMode', { DO_NOTHING: true, CANCEL_ONLY: true });
  fields.ownId('cancelNewClientOrderId', clientIdForm);
  const cancel: OrderIntent = {
    ...base,
    action: 'cancel',
    instrument,
    ...needOrderId(fields, 'cancelOrderId', 'cancelOrigClientOrderId'),
  };
  return [cancel, readLeg(fields, '', { instrument }, base)];
}

/** PUT /api/v3/order/amend/keepPriority: a smaller quantity for a resting order. */
export function readKeepPriority(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  skipCommon(fields);
  fields.ownId('newClientOrderId', clientIdForm);
  const value = fields.positive('newQty') ?? fields.refuse('FIELD_MISSING', 'newQty', 'is missing');
  return [
    {
      ...base,
      action: 'amend',
      instrument: fields.need('symbol', symbolForm),
      quantity: { value, unit: 'base' },
      ...needOrderId(fields, 'orderId', 'origClientOrderId'),
    },
  ];
}

/** POST /api/v3/order/oco and the margin OCOs: a LIMIT_MAKER and a stop of one quantity, of which the venue lets one be filled. */
export function readClassicOco(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  skipMargin(fields);
  skipStrategy(fields, 'limit');
  skipStrategy(fields, 'stop');
  fields.ownId('listClientOrderId', clientIdForm);
  const both = {
    ...base,
    action: 'place',
    instrument: fields.need('symbol', symbolForm),
    side: needSide(fields, 'side'),
    quantity: baseQuantity(fields, 'quantity'),
  } as const;
  const isTrailing = fields.id('trailingDelta', idForm) !== undefined;
  const stopLimit = fields.positive('stopLimitPrice');
  const legs = [
    {
      ...both,
      type: 'limit',
      timeInForce: 'post-only',
      price: needPrice(fields, 'price'),
      clientOrderId: fields.ownId('limitClientOrderId', clientIdForm),
    },
    {
      ...both,
      isAlternative: true,
      type: isTrailing ? 'trailing-stop' : stopLimit === undefined ? 'stop' : 'stop-limit',
      timeInForce: fields.choice('stopLimitTimeInForce', spotTimesInForce),
      price: stopLimit,
      trigger: isTrailing ? fields.positive('stopPrice') : needPrice(fields, 'stopPrice'),
      clientOrderId: fields.ownId('stopClientOrderId', clientIdForm),
    },
  ] as const;
  return legs.map(dropUndefined);
}

/**
 * POST /api/v3/orderList/oco: the stop last, whichever of the two is above. "Activation of one order immediately cancels the other"
 * (rest-api.md).
 */
export function readOco(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const instrument = startList(fields);
  const shared = { instrument, side: needSide(fields, 'side'), quantity: baseQuantity(fields, 'quantity') };
  const [aboveKind, belowKind] = [readKind(fields, 'aboveType'), readKind(fields, 'belowType')];
  const above = readLeg(fields, 'above', { ...shared, kind: aboveKind }, base);
  const below = readLeg(fields, 'below', { ...shared, kind: belowKind }, base);
  // As they are named: of two that trail, the intents no longer tell which is the stop.
  const isStopAbove = aboveKind.type.startsWith('stop') || !belowKind.type.startsWith('stop');
  const [first, second] = isStopAbove ? [below, above] : [above, below];
  return [first, { ...second, isAlternative: true }];
}

/** POST /api/v3/orderList/oto and /sapi/v1/margin/order/oto: the pending order hangs on the working one. */
export function readOto(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const instrument = startList(fields);
  const legs = [readLeg(fields, 'pending', { instrument }, base)];
  return [{ ...readLeg(fields, 'working', { instrument }, base), legs }];
}

/** POST /api/v3/orderList/otoco and /sapi/v1/margin/order/otoco: one or two pending orders of one quantity. */
export function readOtoco(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const instrument = startList(fields);
  const shared = {
    instrument,
    side: needSide(fields, 'pendingSide'),
    quantity: baseQuantity(fields, 'pendingQuantity'),
  };
  const legs = [readLeg(fields, 'pendingAbove', shared, base)];
  if (fields.has('pendingBelowType')) legs.push(readLeg(fields, 'pendingBelow', shared, base));
  return [{ ...readLeg(fields, 'working', { instrument }, base), legs }];
}

/**
 * POST /api/v3/orderList/opo and opoco: what the working order buys is sold, and no more, so the pending orders name no quantity.
 * binance-spot-api-docs faqs/opo.md: "Only working orders on the BUY side and pending order(s) on the SELL side are accepted."
 */
export function readOpo(
  prefixes: readonly string[],
): (fields: OrderFields, base: IntentBase) => OrderIntent[] {
  return (fields, base) => {
    const instrument = startList(fields);
    const working = readLeg(fields, 'working', { instrument }, base);
    const side = needSide(fields, 'pendingSide');
    const { quantity } = working;
    if (working.side !== 'buy' || side !== 'sell' || quantity === undefined)
      return fields.refuse('FIELD_CONFLICT', 'pendingSide', 'is not SELL after a BUY');
    // The second of a pair may be absent.
    const sent = prefixes.filter((prefix, index) => index === 0 || fields.has(`${prefix}Type`));
    const legs = sent.map((prefix) => readLeg(fields, prefix, { instrument, side, quantity }, base));
    return [{ ...working, legs }];
  };
}

/** POST /sapi/v1/algo/{spot,futures}/newOrderTwap and futures/newOrderVp; futures quantities are base on USDⓈ-M. */
export function readAlgo(type: OrderType): (fields: OrderFields, base: IntentBase) => readonly OrderIntent[] {
  return (fields, base) => {
    fields.ignore('recvWindow', 'timestamp');
    const positionSide = readPositionSide(fields);
    const side = needSide(fields, 'side');
    fields.choice('stpMode', { EXPIRE_TAKER: true, EXPIRE_MAKER: true, EXPIRE_BOTH: true, NONE: true });
    fields.choice('urgency', { LOW: true, MEDIUM: true, HIGH: true });
    fields.id('duration', /^\d{1,6}$/);
    const intent = {
      ...base,
      action: 'place',
      instrument: fields.need('symbol', symbolForm),
      side,
      type,
      quantity: baseQuantity(fields, 'quantity'),
      price: fields.positive('limitPrice'),
      positionSide,
      reduceOnly: isReduceOnly(positionSide, side, fields.flag('reduceOnly')),
      clientOrderId: fields.ownId('clientAlgoId', /^[.A-Z:/a-z0-9_-]{1,40}$/),
    } as const;
    return [dropUndefined(intent)];
  };
}

/** One order whose parameters start with `prefix`: `type`, or `pendingAboveType`. */
function readLeg(fields: OrderFields, prefix: string, shared: Shared, base: IntentBase): OrderIntent {
  const named = (name: string) =>
    prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1);
  const kind = shared.kind ?? readKind(fields, named('type'));
  skipStrategy(fields, prefix);
  if (fields.has(named('pegPriceType')) || fields.has(named('pegOffsetType'))) {
    refuseOrder('PRICE_RELATIVE', 'a pegged order has no price that a rule could judge');
  }
  const isTrailing = kind.hasTrigger === true && fields.id(named('trailingDelta'), idForm) !== undefined;
  const price = kind.hasPrice === true ? needPrice(fields, named('price')) : undefined;
  const trigger =
    kind.hasTrigger !== true
      ? undefined
      : isTrailing
        ? fields.positive(named('stopPrice'))
        : needPrice(fields, named('stopPrice'));
  const timeInForce =
    kind.isPostOnly === true ? 'post-only' : fields.choice(named('timeInForce'), spotTimesInForce);
  const intent = {
    ...base,
    action: 'place',
    instrument: shared.instrument,
    side: shared.side ?? needSide(fields, named('side')),
    type: isTrailing ? ('trailing-stop' as const) : kind.type,
    timeInForce,
    quantity: shared.quantity ?? readQuantity(fields, prefix, kind),
    price,
    trigger,
    clientOrderId: fields.ownId(prefix === '' ? 'newClientOrderId' : named('clientOrderId'), clientIdForm),
  } as const;
  return dropUndefined(intent);
}

function readKind(fields: OrderFields, name: string): Kind {
  const kind = fields.choice(name, kinds, 'ORDER_TYPE_UNSUPPORTED');
  return kind ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

function readQuantity(fields: OrderFields, prefix: string, kind: Kind): Quantity {
  const mayBeQuote = prefix === '' && kind.type === 'market';
  if (!mayBeQuote || !fields.has('quoteOrderQty')) {
    return baseQuantity(fields, prefix === '' ? 'quantity' : `${prefix}Quantity`);
  }
  if (fields.has('quantity')) fields.refuse('FIELD_CONFLICT', 'quoteOrderQty', 'stands beside quantity');
  return { value: needPrice(fields, 'quoteOrderQty'), unit: 'quote' };
}

function baseQuantity(fields: OrderFields, name: string): Quantity {
  return { value: needPrice(fields, name), unit: 'base' };
}

function needPrice(fields: OrderFields, name: string): Decimal {
  return fields.positive(name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

function startList(fields: OrderFields): string {
  skipMargin(fields);
  fields.ownId('listClientOrderId', clientIdForm);
  return fields.need('symbol', symbolForm);
}

function skipMargin(fields: OrderFields): void {
  skipCommon(fields);
  refuseBorrowing(fields);
}

/** Marks of the client's own bookkeeping, and the displayed part of an iceberg, which is not its total. */
function skipStrategy(fields: OrderFields, prefix: string): void {
  const named = (name: string) =>
    prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1);
  fields.id(named('strategyId'), idForm);
  fields.id(named('strategyType'), idForm);
  fields.unsigned(named('icebergQty'));
}
