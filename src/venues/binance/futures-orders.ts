// Futures, options and portfolio-margin orders of Binance: single, batch, conditional (algo), amend.
// Sources: binance-connector-js clients/derivatives-*/trade-api, binance 3.6.5 types/futures; ccxt 4.5.84 binance createOrderRequest.
import { type Decimal, decimal } from '../../core/decimal.js';
import {
  isReduceOnly,
  type OrderIntent,
  type OrderType,
  type Quantity,
  type QuantityUnit,
  type TimeInForce,
} from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { parseStrictJson, type StrictJson } from '../json-strict.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import {
  booleans,
  clientIdForm,
  idForm,
  needOrderId,
  needSide,
  readPositionSide,
  skipCommon,
  symbolForm,
} from './order-base.js';

/** How one API spells an order. */
export interface Dialect {
  unit: QuantityUnit;
  type: 'type' | 'strategyType';
  trigger: 'stopPrice' | 'triggerPrice';
  clientId: 'newClientOrderId' | 'clientAlgoId' | 'newClientStrategyId' | 'clientOrderId';
}

interface Kind {
  type: OrderType;
  hasPrice?: boolean;
  hasTrigger?: boolean;
  mayClosePosition?: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  LIMIT: { type: 'limit', hasPrice: true },
  MARKET: { type: 'market' },
  STOP: { type: 'stop-limit', hasPrice: true, hasTrigger: true },
  STOP_MARKET: { type: 'stop', hasTrigger: true, mayClosePosition: true },
  TAKE_PROFIT: { type: 'take-profit-limit', hasPrice: true, hasTrigger: true },
  TAKE_PROFIT_MARKET: { type: 'take-profit', hasTrigger: true, mayClosePosition: true },
  TRAILING_STOP_MARKET: { type: 'trailing-stop' },
};

// GTX is post-only; RPI (retail price improvement) rests only as a maker, too.
const timesInForce: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  GTX: 'post-only',
  RPI: 'post-only',
  GTD: 'gtd',
};

const zero = decimal('0');

/** USDⓈ-M orders count the base asset and make positions. */
function positioned(base: IntentBase, unit: QuantityUnit): IntentBase & Pick<OrderIntent, 'isDerivative'> {
  return unit === 'base' ? { ...base, isDerivative: true } : base;
}

/** POST order, algoOrder and conditional/order. */
export function readFuturesOrder(dialect: Dialect) {
  return (fields: OrderFields, base: IntentBase): readonly OrderIntent[] => [
    readOne(fields, positioned(base, dialect.unit), dialect),
  ];
}

/** POST batchOrders: a JSON list in one parameter; one bad order refuses all (D4). */
export function readBatch(parameter: string, max: number, dialect: Dialect) {
  return (fields: OrderFields, base: IntentBase): readonly OrderIntent[] => {
    fields.ignore('recvWindow', 'timestamp');
    return elementsOf(fields, parameter, max).map((order) =>
      order.sealOne(readOne(order, positioned(base, dialect.unit), dialect)),
    );
  };
}

/** PUT order. */
export function readFuturesAmend(unit: QuantityUnit) {
  return (fields: OrderFields, base: IntentBase): readonly OrderIntent[] => [
    readAmendment(fields, positioned(base, unit), unit),
  ];
}

/** PUT batchOrders. */
export function readBatchAmend(parameter: string, max: number, unit: QuantityUnit) {
  return (fields: OrderFields, base: IntentBase): readonly OrderIntent[] => {
    fields.ignore('recvWindow', 'timestamp');
    return elementsOf(fields, parameter, max).map((order) =>
      order.sealOne(readAmendment(order, positioned(base, unit), unit)),
    );
  };
}

/** POST /eapi/v1/order: limit orders in contracts. */
export function readOption(fields: OrderFields, base: IntentBase): OrderIntent {
  skipCommon(fields);
  fields.flag('isMmp');
  const isPostOnly = fields.flag('postOnly') === true;
  const timeInForce = fields.choice('timeInForce', timesInForce);
  fields.choice('type', { LIMIT: true }, 'ORDER_TYPE_UNSUPPORTED');
  const intent = {
    ...base,
    action: 'place',
    instrument: fields.need('symbol', symbolForm),
    side: needSide(fields, 'side'),
    type: 'limit',
    timeInForce: isPostOnly ? 'post-only' : timeInForce,
    quantity: { value: needNumber(fields, 'quantity'), unit: 'contracts' },
    price: needNumber(fields, 'price'),
    reduceOnly: fields.flag('reduceOnly'),
    clientOrderId: fields.ownId('clientOrderId', clientIdForm),
  } as const;
  return dropUndefined(intent);
}

/** POST /eapi/v1/batchOrders. */
export function readOptionBatch(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  fields.ignore('recvWindow', 'timestamp');
  return elementsOf(fields, 'orders', 10).map((order) => order.sealOne(readOption(order, base)));
}

function readOne(fields: OrderFields, base: IntentBase, dialect: Dialect): OrderIntent {
  skipCommon(fields);
  fields.choice('algoType', { CONDITIONAL: true }, 'ORDER_TYPE_UNSUPPORTED');
  fields.choice('workingType', { MARK_PRICE: true, CONTRACT_PRICE: true });
  fields.choice('priceProtect', booleans);
  const kind = fields.choice(dialect.type, kinds, 'ORDER_TYPE_UNSUPPORTED');
  if (kind === undefined) return fields.refuse('FIELD_MISSING', dialect.type, 'is missing');
  refusePriceMatch(fields);
  const isTrailing = kind.type === 'trailing-stop';
  if (isTrailing) needNumber(fields, 'callbackRate');
  const side = needSide(fields, 'side');
  const timeInForce = fields.choice('timeInForce', timesInForce);
  const goodTill = fields.id('goodTillDate', /^\d{1,16}$/);
  if (timeInForce === 'gtd' && goodTill === undefined) {
    fields.refuse('FIELD_MISSING', 'goodTillDate', 'is missing');
  }
  const positionSide = readPositionSide(fields);
  const reducing = fields.flag('reduceOnly');
  const intent = {
    ...base,
    action: 'place',
    instrument: fields.need('symbol', symbolForm),
    side,
    positionSide,
    type: kind.type,
    timeInForce,
    quantity: readQuantity(fields, kind, dialect.unit),
    price: kind.hasPrice === true ? needNumber(fields, 'price') : undefined,
    trigger: isTrailing
      ? readActivation(fields)
      : kind.hasTrigger === true
        ? needNumber(fields, dialect.trigger)
        : undefined,
    reduceOnly: isReduceOnly(positionSide, side, reducing),
    clientOrderId: fields.ownId(dialect.clientId, clientIdForm),
  } as const;
  if (intent.quantity.unit !== 'close-all') return dropUndefined(intent);
  // "closePosition" with LONG wants SELL, with SHORT BUY.
  if (positionSide !== undefined && intent.reduceOnly !== true)
    fields.refuse('FIELD_CONFLICT', 'closePosition', 'stands with the direction that opens');
  return dropUndefined({ ...intent, reduceOnly: true });
}

/** `activatePrice` in the algoOrder docs, `activationPrice` elsewhere and from ccxt 4.5.84 everywhere. */
function readActivation(fields: OrderFields): Decimal | undefined {
  if (fields.has('activatePrice') && fields.has('activationPrice')) {
    fields.refuse('FIELD_CONFLICT', 'activatePrice', 'stands beside activationPrice');
  }
  return fields.positive('activatePrice') ?? fields.positive('activationPrice');
}

function readQuantity(fields: OrderFields, kind: Kind, unit: QuantityUnit): Quantity {
  if (fields.flag('closePosition') !== true) return { value: needNumber(fields, 'quantity'), unit };
  if (kind.mayClosePosition !== true) {
    fields.refuse('FIELD_CONFLICT', 'closePosition', 'stands with an order type that cannot close');
  }
  if (fields.has('quantity')) fields.refuse('FIELD_CONFLICT', 'closePosition', 'stands beside quantity');
  return { value: zero, unit: 'close-all' };
}

function readAmendment(fields: OrderFields, base: IntentBase, unit: QuantityUnit): OrderIntent {
  skipCommon(fields);
  refusePriceMatch(fields);
  fields.id('modifyId', idForm);
  // "Modify Order" takes none: the order stays what it was placed as.
  fields.flag('reduceOnly');
  const intent = {
    ...base,
    action: 'amend',
    instrument: fields.need('symbol', symbolForm),
    side: needSide(fields, 'side'),
    quantity: { value: needNumber(fields, 'quantity'), unit },
    price: fields.positive('price'),
    ...needOrderId(fields, 'orderId', 'origClientOrderId'),
  } as const;
  return dropUndefined(intent);
}

function refusePriceMatch(fields: OrderFields): void {
  if ((fields.text('priceMatch') ?? 'NONE') !== 'NONE') {
    refuseOrder('PRICE_RELATIVE', 'priceMatch lets the order book decide the price');
  }
}

function needNumber(fields: OrderFields, name: string) {
  return fields.positive(name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

/** The objects of a JSON list in one parameter. */
export function elementsOf(fields: OrderFields, parameter: string, max: number): readonly OrderFields[] {
  const text = fields.text(parameter);
  if (text === undefined) return fields.refuse('FIELD_MISSING', parameter, 'is missing');
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) return fields.refuse('BODY_UNREADABLE', parameter, 'is no strict JSON');
  const list = parsed.value;
  if (!Array.isArray(list) || list.length === 0 || list.length > max) {
    return fields.refuse('FIELD_INVALID', parameter, `is no list of 1 to ${max}`);
  }
  return fields.listed(parameter, list as readonly StrictJson[]);
}
