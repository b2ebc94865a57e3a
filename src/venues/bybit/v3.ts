// Orders of the generations before v5: spot, contracts, copy trading and the unified margin account. Bybit took their documentation away on
// 2024-09-24 (bybit-exchange/docs f7c4652), and bybit-api 4.7.7 calls all but one of their calls shut. They are read to the same intents.
// Source: bybit-exchange/docs docs/v3/spot/rest-spot, docs/v3/derivatives, docs/v3/copy-trade as of the day before.
import type { OrderIntent, TimeInForce } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields } from '../order-fields.js';
import { categoriesOf } from './calls.js';
import {
  batchOf,
  type Category,
  everything,
  readAmendment,
  readOrder,
  readTradingStop,
  typeOf,
} from './place.js';
import {
  linkIdForm,
  missing,
  needSide,
  needSymbol,
  orderIdForm,
  type Readers,
  timesInForce as spotTimes,
} from './reader.js';

export const v3Readers: Readers = {
  'spot/v3/private/order': (fields, base) => [readSpot(fields, base)],
  'contract/v3/private/order/create': (fields, base) => {
    refuseFields(fields, [...laterFields, ...exitSizes]);
    const { instrument, category } = needContract(fields);
    return [readOrder(fields, base, category, { instrument, times })];
  },
  'contract/v3/private/order/replace': (fields, base) => {
    refuseFields(fields, [...laterFields, ...exitSizes, ...exitModes]);
    const { instrument, category } = needContract(fields);
    return [readAmendment(fields, base, category, { instrument })];
  },
  'contract/v3/private/position/trading-stop': (fields, base) => {
    const { instrument, category } = needContract(fields);
    return readTradingStop(fields, base, category, { instrument });
  },
  'contract/v3/private/copytrading/order/create': (fields, base) => {
    refuseFields(fields, [...laterFields, ...exitSizes, ...exitModes, ...exitPrices, ...conditions]);
    refuseFields(fields, ['timeInForce', 'positionIdx', 'reduceOnly', 'closeOnTrigger', 'smpType', 'mmp']);
    return [readOrder(fields, base, 'linear', { instrument: needPerpetual(fields) })];
  },
  'contract/v3/private/copytrading/order/close': (fields, base) => [readCopyClose(fields, base)],
  'contract/v3/private/copytrading/position/close': (fields, base) => [readCopyExit(fields, base)],
  'contract/v3/private/copytrading/order/trading-stop': readCopyStop,
  'unified/v3/private/order/create': (fields, base) => {
    const category = needCategory(fields);
    refuseFields(fields, [...exitSizes, ...exitModes, ...exitPrices]);
    return [readUnified(fields, base, category)];
  },
  'unified/v3/private/order/create-batch': batchOf((fields, base, category) => {
    refuseFields(fields, [...exitSizes, ...exitModes, ...exitPrices, ...exits, ...conditions, 'basePrice']);
    return readUnified(fields, base, category);
  }, needCategory),
  'unified/v3/private/order/replace': (fields, base) => {
    const category = needCategory(fields);
    refuseFields(fields, [...exitSizes, ...exitModes, ...exitPrices]);
    fields.choice('orderFilter', { Order: true, StopOrder: true });
    return [readAmendment(fields, base, category)];
  },
  'unified/v3/private/order/replace-batch': batchOf((fields, base, category) => {
    refuseFields(fields, [...exitSizes, ...exitModes, ...exitPrices, ...exits, ...conditions]);
    return readAmendment(fields, base, category);
  }, needCategory),
  'unified/v3/private/position/trading-stop': (fields, base) => {
    const category = needCategory(fields);
    if (category !== 'linear') fields.refuse('FIELD_INVALID', 'category', 'has no stops on positions');
    refuseFields(fields, [...exitModes, ...exitPrices]);
    return readTradingStop(fields, base, category);
  },
};

/** What the readers of v5 understand and v3 knows nothing of: it would not do what they read. */
const laterFields = [
  'category',
  'isLeverage',
  'marketUnit',
  'orderFilter',
  'rpiTakerAccess',
  'slippageTolerance',
  'slippageToleranceType',
] as const;
const exits = ['takeProfit', 'stopLoss', 'tpTriggerBy', 'slTriggerBy'] as const;
const exitSizes = ['tpSize', 'slSize'] as const;
const exitModes = ['tpslMode', 'tpOrderType', 'slOrderType'] as const;
const exitPrices = ['tpLimitPrice', 'slLimitPrice'] as const;
const conditions = ['triggerDirection', 'triggerPrice', 'triggerBy'] as const;

/** docs/v3/derivatives/enum.mdx writes `FillOrKlii`; every page that takes it, `FillOrKill`. */
const times: Readonly<Record<string, TimeInForce>> = {
  GoodTillCancel: 'gtc',
  ImmediateOrCancel: 'ioc',
  FillOrKill: 'fok',
  PostOnly: 'post-only',
};
const spotSides = { BUY: 'buy', SELL: 'sell' } as const;
const spotTypes = {
  MARKET: { isLimit: false, isMaker: false },
  LIMIT: { isLimit: true, isMaker: false },
  LIMIT_MAKER: { isLimit: true, isMaker: true },
};

/** A market purchase is by value; a take-profit or stop is of category 1, and which of the two it is nobody says. */
function readSpot(fields: OrderFields, base: IntentBase): OrderIntent {
  const side = needSide(fields, spotSides);
  const { isLimit, isMaker } =
    fields.choice('orderType', spotTypes, 'ORDER_TYPE_UNSUPPORTED') ?? missing(fields, 'orderType');
  const value = fields.positive('orderQty') ?? missing(fields, 'orderQty');
  const price = fields.positive('orderPrice');
  if (isLimit && price === undefined) missing(fields, 'orderPrice');
  if (!isLimit && price !== undefined)
    fields.refuse('FIELD_CONFLICT', 'orderPrice', 'stands with a market order');
  const isConditional = (fields.id('orderCategory', /^[01]$/) ?? '0') === '1';
  const trigger = fields.positive('triggerPrice');
  if (isConditional !== (trigger !== undefined))
    fields.refuse('FIELD_CONFLICT', 'triggerPrice', 'is given exactly with orderCategory 1');
  fields.match('smpType', /^[A-Za-z]{1,30}$/);
  const timeInForce = fields.choice('timeInForce', spotTimes);
  return dropUndefined({
    ...base,
    action: 'place' as const,
    instrument: needSymbol(fields),
    side,
    type: typeOf(isLimit, isConditional ? 'stop' : undefined),
    timeInForce: isMaker ? ('post-only' as const) : timeInForce,
    quantity: { value, unit: !isLimit && side === 'buy' ? ('quote' as const) : ('base' as const) },
    price,
    trigger,
    clientOrderId: fields.ownId('orderLinkId', linkIdForm),
  });
}

function readUnified(fields: OrderFields, base: IntentBase, category: Category): OrderIntent {
  refuseFields(fields, [...laterFields.filter((name) => name !== 'category'), 'triggerDirection', 'smpType']);
  const from = fields.positive('basePrice');
  const order = readOrder(fields, base, category, { times });
  const { trigger, type, side } = order;
  if (from === undefined || trigger === undefined) return order;
  // "If you expect the price to rise to trigger your conditional order, make sure: triggerPrice > max(market price, basePrice)".
  const takesProfit = trigger.gt(from) === (side === 'sell');
  return { ...order, type: typeOf(type === 'stop-limit', takesProfit ? 'take-profit' : 'stop') };
}

/** What an order that was copied has opened, closed at market. */
function readCopyClose(fields: OrderFields, base: IntentBase): OrderIntent {
  const instrument = needPerpetual(fields);
  fields.match('parentOrderLinkId', linkIdForm);
  const venueOrderId = fields.need('parentOrderId', orderIdForm);
  const clientOrderId = fields.ownId('orderLinkId', linkIdForm);
  return dropUndefined({ ...closing(base, instrument), venueOrderId, clientOrderId });
}

/** All that is held of a symbol, or of its long or short side. */
function readCopyExit(fields: OrderFields, base: IntentBase): OrderIntent {
  const instrument = needPerpetual(fields);
  const index = fields.id('positionIdx', /^[012]$/) ?? missing(fields, 'positionIdx');
  if (index === '0') return closing(base, instrument);
  const [side, positionSide] = index === '1' ? (['sell', 'long'] as const) : (['buy', 'short'] as const);
  return { ...closing(base, instrument), side, positionSide };
}

function closing(base: IntentBase, instrument: string) {
  return {
    ...base,
    action: 'place' as const,
    instrument,
    type: 'market' as const,
    quantity: everything,
    reduceOnly: true,
  };
}

function readCopyStop(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  refuseFields(fields, [...exitSizes, ...exitModes, ...exitPrices]);
  refuseFields(fields, ['trailingStop', 'activePrice', 'positionIdx']);
  const instrument = needPerpetual(fields);
  fields.match('parentOrderLinkId', linkIdForm);
  const venueOrderId = fields.need('parentOrderId', orderIdForm);
  return readTradingStop(fields, base, 'linear', { instrument }).map((exit) => ({ ...exit, venueOrderId }));
}

/** Contracts named no category: what ends in USD is inverse, all else linear. */
function needContract(fields: OrderFields): { instrument: string; category: Category } {
  const instrument = needSymbol(fields);
  const [first] = categoriesOf(instrument);
  if (first === 'option') fields.refuse('FIELD_INVALID', 'symbol', 'is an option’s');
  return { instrument, category: first === 'inverse' ? 'inverse' : 'linear' };
}

/** docs/v3/copy-trade/enum.mdx: "CopyTrading supports USDT Perpetual only". */
function needPerpetual(fields: OrderFields): string {
  return fields.need('symbol', /^[A-Z0-9]{1,26}USDT$/);
}

function needCategory(fields: OrderFields): Category {
  return (
    fields.choice('category', { linear: 'linear', option: 'option' } as const) ?? missing(fields, 'category')
  );
}

function refuseFields(fields: OrderFields, names: readonly string[]): void {
  for (const name of names)
    if (fields.has(name)) fields.refuse('FIELD_UNKNOWN', name, 'is none of this generation');
}
