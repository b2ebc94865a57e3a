// One Alpaca order: simple, bracket, OTO, OCO, multi-leg; each leg an intent of its own.
import { parseDecimal } from '../../core/decimal.js';
import {
  type OrderIntent,
  type OrderSide,
  type OrderType,
  otherSide,
  type Quantity,
  type TimeInForce,
} from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields } from '../order-fields.js';
import { type AssetKind, readSymbol, rootOf } from './symbols.js';

export const clientIdForm = /^[\x21-\x7e]{1,128}$/;
const sides: Readonly<Record<string, OrderSide>> = { buy: 'buy', sell: 'sell' };
// opg and cls trade in the opening or closing auction of the day.
export const timesInForce: Readonly<Record<string, TimeInForce>> = {
  day: 'day',
  gtc: 'gtc',
  ioc: 'ioc',
  fok: 'fok',
  opg: 'day',
  cls: 'day',
};
const types: Readonly<Record<string, OrderType>> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stop-limit',
  trailing_stop: 'trailing-stop',
};
const classes = {
  '': 'simple',
  simple: 'simple',
  bracket: 'bracket',
  oco: 'oco',
  oto: 'oto',
  mleg: 'mleg',
} as const;
/** What a position intent says of the side, and whether it can only close. */
const positionIntents: Readonly<Record<string, { side: OrderSide; closes: boolean }>> = {
  buy_to_open: { side: 'buy', closes: false },
  buy_to_close: { side: 'buy', closes: true },
  sell_to_open: { side: 'sell', closes: false },
  sell_to_close: { side: 'sell', closes: true },
};
const ratioForm = /^[1-9]\d{0,3}$/;
const timeForm = /^[0-9T:.Z+-]{1,40}$/;

/** POST /v2/orders. */
export function readOrder(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const orderClass = fields.choice('order_class', classes, 'ORDER_TYPE_UNSUPPORTED') ?? 'simple';
  if (orderClass === 'mleg') return [readMultiLeg(fields, base)];
  const type = needType(fields);
  const { instrument, kind } = readSymbol(fields.need('symbol', /^[\x21-\x7e]{1,40}$/));
  const { side, closes } = readSide(fields);
  const quantity = readQuantity(fields, kind, type);
  const entry = {
    ...base,
    action: 'place' as const,
    instrument,
    side,
    quantity,
    timeInForce: needTimeInForce(fields),
    reduceOnly: closes ? true : undefined,
    clientOrderId: fields.ownId('client_order_id', clientIdForm),
  };
  fields.flag('extended_hours');
  const algorithm = skipInstructions(fields);
  if (orderClass === 'oco') return readOco(fields, entry, type);
  const prices = readPrices(fields, type);
  const legs = orderClass === 'simple' ? [] : readExits(fields, { ...entry, clientOrderId: undefined }, side);
  if (orderClass === 'bracket' && legs.length !== 2) {
    fields.refuse('FIELD_MISSING', 'take_profit', 'or stop_loss is missing in a bracket');
  }
  if (orderClass === 'oto' && legs.length !== 1) {
    fields.refuse('FIELD_CONFLICT', 'order_class', 'oto wants exactly one of take_profit and stop_loss');
  }
  return [
    dropUndefined({
      ...entry,
      type: algorithm ?? type,
      ...prices,
      legs: legs.length === 0 ? undefined : legs,
    }),
  ];
}

/** The routing of Alpaca's smart router: only the algorithm changes what the order is. */
export function skipInstructions(fields: OrderFields): OrderType | undefined {
  const instructions = fields.object('advanced_instructions');
  if (instructions === undefined) return undefined;
  const algorithm = instructions.choice('algorithm', {
    DMA: undefined,
    TWAP: 'twap',
    VWAP: 'other',
  } as const);
  instructions.match('destination', /^[A-Z]{2,10}$/);
  instructions.positive('display_qty');
  instructions.positive('max_percentage');
  instructions.match('start_time', timeForm);
  instructions.match('end_time', timeForm);
  instructions.done();
  return algorithm;
}

type Entry = Omit<OrderIntent, 'type' | 'legs'>;

/** Two exits of one position, of which one cancels the other: the limit of the take-profit and the stop. */
function readOco(fields: OrderFields, entry: Entry, type: OrderType): readonly OrderIntent[] {
  if (type !== 'limit') fields.refuse('FIELD_CONFLICT', 'type', 'of an oco is not limit');
  const limit = fields.positive('limit_price');
  const takeProfit = fields.object('take_profit');
  const price = takeProfit?.positive('limit_price') ?? limit;
  takeProfit?.done();
  if (price === undefined) fields.refuse('FIELD_MISSING', 'take_profit', 'is missing in an oco');
  if (limit !== undefined && price !== undefined && !limit.eq(price)) {
    fields.refuse('PRICE_AMBIGUOUS', 'limit_price', 'differs from the take_profit of the oco');
  }
  const stop = readStopLoss(fields, entry);
  if (stop === undefined) return fields.refuse('FIELD_MISSING', 'stop_loss', 'is missing in an oco');
  return [
    dropUndefined({ ...entry, type: 'limit' as const, price }),
    { ...stop, side: entry.side, isAlternative: true },
  ];
}

/** Attached exits: of the other side, the same quantity, and only closing. */
function readExits(fields: OrderFields, entry: Entry, side: OrderSide): readonly OrderIntent[] {
  const exit = { ...entry, side: otherSide[side], reduceOnly: true };
  const legs: OrderIntent[] = [];
  const takeProfit = fields.object('take_profit');
  if (takeProfit !== undefined) {
    const price =
      takeProfit.positive('limit_price') ?? takeProfit.refuse('FIELD_MISSING', 'limit_price', 'is missing');
    takeProfit.done();
    legs.push(dropUndefined({ ...exit, type: 'limit' as const, price }));
  }
  const stop = readStopLoss(fields, exit);
  if (stop !== undefined) legs.push(stop);
  return legs;
}

function readStopLoss(fields: OrderFields, exit: Entry): OrderIntent | undefined {
  const stopLoss = fields.object('stop_loss');
  if (stopLoss === undefined) return undefined;
  const trigger =
    stopLoss.positive('stop_price') ?? stopLoss.refuse('FIELD_MISSING', 'stop_price', 'is missing');
  const price = stopLoss.positive('limit_price');
  stopLoss.done();
  return dropUndefined({
    ...exit,
    type: price === undefined ? ('stop' as const) : ('stop-limit' as const),
    price,
    trigger,
  });
}

/** One to four options at one net price: positive is paid, negative received. */
function readMultiLeg(fields: OrderFields, base: IntentBase): OrderIntent {
  const type = needType(fields);
  if (type !== 'market' && type !== 'limit') {
    fields.refuse('ORDER_TYPE_UNSUPPORTED', 'type', 'of a multi-leg order is neither market nor limit');
  }
  const timeInForce = needTimeInForce(fields);
  const units = fields.positive('qty') ?? fields.refuse('FIELD_MISSING', 'qty', 'is missing');
  const net = type === 'limit' ? fields.id('limit_price', /^-?\d{1,12}(?:\.\d{1,10})?$/) : undefined;
  if (type === 'limit' && net === undefined) fields.refuse('FIELD_MISSING', 'limit_price', 'is missing');
  fields.flag('extended_hours');
  const clientOrderId = fields.ownId('client_order_id', clientIdForm);
  const members = fields.objects('legs', 4) ?? fields.refuse('FIELD_MISSING', 'legs', 'is missing');
  const legs = members.map((leg) => {
    const { instrument, kind } = readSymbol(leg.need('symbol', /^[\x21-\x7e]{1,40}$/));
    const { side, closes } = readSide(leg);
    const ratio = leg.id('ratio_qty', ratioForm) ?? leg.refuse('FIELD_MISSING', 'ratio_qty', 'is missing');
    leg.done();
    const value = units.times(ratio);
    const unit = kind === 'option' ? ('contracts' as const) : ('base' as const);
    const reduceOnly = closes ? true : undefined;
    return dropUndefined({
      ...base,
      action: 'place' as const,
      instrument,
      side,
      type,
      timeInForce,
      quantity: { value, unit },
      reduceOnly,
    });
  });
  return dropUndefined({
    ...base,
    action: 'place' as const,
    instrument: rootOf(legs[0]?.instrument ?? ''),
    type,
    timeInForce,
    quantity: { value: units, unit: 'contracts' as const },
    price: parseDecimal(net),
    clientOrderId,
    legs,
  });
}

function readSide(fields: OrderFields): { side: OrderSide; closes: boolean } {
  const intent = fields.choice('position_intent', positionIntents);
  const given = fields.choice('side', sides);
  const side = given ?? intent?.side ?? fields.refuse('FIELD_MISSING', 'side', 'is missing');
  if (intent !== undefined && intent.side !== side) {
    fields.refuse('FIELD_CONFLICT', 'position_intent', 'is of the other side');
  }
  return { side, closes: intent?.closes === true };
}

function readQuantity(fields: OrderFields, kind: AssetKind, type: OrderType): Quantity {
  const value = fields.positive('qty');
  const money = fields.positive('notional');
  if (value !== undefined && money !== undefined)
    fields.refuse('FIELD_CONFLICT', 'notional', 'stands beside qty');
  if (money !== undefined) {
    if (type !== 'market' && kind !== 'pair') {
      fields.refuse('FIELD_CONFLICT', 'notional', 'stands with another type than market');
    }
    return { value: money, unit: 'quote' };
  }
  if (value === undefined) return fields.refuse('FIELD_MISSING', 'qty', 'is missing, and so is notional');
  return { value, unit: kind === 'option' ? 'contracts' : 'base' };
}

function readPrices(fields: OrderFields, type: OrderType): Pick<OrderIntent, 'price' | 'trigger'> {
  if (type === 'trailing-stop') {
    const distances = [fields.positive('trail_price'), fields.positive('trail_percent')];
    if (distances.filter((distance) => distance !== undefined).length !== 1) {
      fields.refuse('FIELD_CONFLICT', 'trail_price', 'and trail_percent: exactly one is wanted');
    }
    return {};
  }
  const need = (name: string) => fields.positive(name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
  return {
    ...(type === 'limit' || type === 'stop-limit' ? { price: need('limit_price') } : {}),
    ...(type === 'stop' || type === 'stop-limit' ? { trigger: need('stop_price') } : {}),
  };
}

function needType(fields: OrderFields): OrderType {
  return (
    fields.choice('type', types, 'ORDER_TYPE_UNSUPPORTED') ??
    fields.refuse('FIELD_MISSING', 'type', 'is missing')
  );
}

function needTimeInForce(fields: OrderFields): TimeInForce {
  return (
    fields.choice('time_in_force', timesInForce) ??
    fields.refuse('FIELD_MISSING', 'time_in_force', 'is missing')
  );
}
