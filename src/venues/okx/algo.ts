// Algo orders: trade/order-algo in all its kinds, and trade/amend-algos.
import { decimal } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import type { InstrumentKind } from './instrument.js';
import {
  amendedLegs,
  attachedLegs,
  type LegPart,
  priceOrMarket,
  trailingLegs,
  triggeredLegs,
  triggerPriceTypes,
} from './legs.js';
import {
  identifier,
  needInstrument,
  needKind,
  needOrderIds,
  needSide,
  needWord,
  refuseFields,
  word,
} from './order-ids.js';
import { mostPlaced } from './order-state.js';
import { readPositionSide, readQuantity } from './place.js';

const kinds: Readonly<Record<string, (fields: OrderFields) => readonly LegPart[]>> = {
  conditional: (fields) => atLeast(triggeredLegs(fields, ''), 1),
  oco: (fields) => atLeast(triggeredLegs(fields, ''), 2),
  trigger: readTrigger,
  move_order_stop: (fields) => atLeast(trailingLegs(fields), 1),
  twap: readSliced,
  iceberg: refuseUnlisted,
  chase: refuseUnlisted,
};

/** One intent; a second trigger of the same order (OCO) is its leg. */
export function placeAlgo(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = needInstrument(fields, context);
  const kind = needKind(instrument);
  const side = needSide(fields);
  const read =
    fields.choice('ordType', kinds, 'ORDER_TYPE_UNSUPPORTED') ??
    fields.refuse('FIELD_MISSING', 'ordType', 'is missing');
  const parts = read(fields);
  refuseMixedUnits(kind, side, parts);
  const [first = {}, ...others] = parts;
  const quantity = readAlgoQuantity(fields, { kind, side, isMarket: isMarket(first) });
  if (first.type === 'twap') refuseManySlices(fields, quantity);
  word(fields, 'quickMgnType', ['manual']);
  fields.keep('tag', 'ccy', 'cxlOnClosePos');
  const position = readPositionSide(fields, instrument, side);
  const { positionSide } = position;
  const head = { ...intentBase('okx', context), instrument, ...(positionSide && { positionSide }) };
  const shared = dropUndefined<OrderIntent>({
    ...head,
    action: 'place',
    side,
    quantity,
    ...position,
    clientOrderId: readClientId(fields),
  });
  const legs = [
    ...others.map((part) => ({ ...shared, isAlternative: true as const, ...part })),
    ...attachedLegs(fields, { ...head, side, quantity }),
  ];
  return { ...shared, ...first, ...(legs.length === 0 ? {} : { legs }) };
}

/** `newSz`, `newTriggerPx`, `newOrdPx` and the take-profit and stop legs of a resting algo order. */
export function amendAlgo(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = needInstrument(fields, context);
  const unit = needKind(instrument) === 'spot' ? 'base' : 'contracts';
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['advChaseParams']);
  fields.ignore('reqId');
  fields.keep('tag', 'cxlOnFail');
  word(fields, 'newTriggerPxType', triggerPriceTypes);
  const size = fields.positiveText('newSz');
  const price = priceOrMarket(fields, 'newOrdPx');
  const limit = price === 'market' ? undefined : price;
  const head = { ...intentBase('okx', context), instrument };
  const own = triggeredLegs(fields, 'new').map((part) => ({ ...head, action: 'amend' as const, ...part }));
  const legs = [...own, ...amendedLegs(fields, head)];
  return dropUndefined<OrderIntent>({
    ...head,
    action: 'amend',
    ...needOrderIds(fields, 'algoId', 'algoClOrdId'),
    type: price === undefined ? undefined : price === 'market' ? 'stop' : 'stop-limit',
    quantity: size === undefined ? undefined : { value: size, unit },
    trigger: fields.positiveText('newTriggerPx'),
    price: limit,
    legs: legs.length === 0 ? undefined : legs,
  });
}

function readTrigger(fields: OrderFields): readonly LegPart[] {
  const trigger =
    fields.positiveText('triggerPx') ?? fields.refuse('FIELD_MISSING', 'triggerPx', 'is missing');
  const price = priceOrMarket(fields, 'orderPx') ?? fields.refuse('FIELD_MISSING', 'orderPx', 'is missing');
  word(fields, 'triggerPxType', triggerPriceTypes);
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['advChaseParams']);
  const timeInForce = word(fields, 'advanceOrdType', ['fok', 'ioc']);
  const limit = price === 'market' ? undefined : price;
  const type = limit === undefined ? 'stop' : 'stop-limit';
  return [dropUndefined<LegPart>({ type, price: limit, trigger, timeInForce })];
}

/** `pxLimit` bounds the price of every slice. */
function readSliced(fields: OrderFields): readonly LegPart[] {
  const price = fields.positiveText('pxLimit') ?? fields.refuse('FIELD_MISSING', 'pxLimit', 'is missing');
  fields.keep('pxVar', 'pxSpread', 'timeInterval');
  return [{ type: 'twap', price }];
}

/** Of an order that places more than are asked for afterwards nobody would learn what became. */
function refuseManySlices(fields: OrderFields, { value, unit }: Quantity): void {
  const slice = fields.positiveText('szLimit') ?? fields.refuse('FIELD_MISSING', 'szLimit', 'is missing');
  if (unit === 'close-all') fields.refuse('FIELD_CONFLICT', 'closeFraction', 'is for orders of one trigger');
  if (value.gt(slice.times(decimal(String(mostPlaced)))))
    fields.refuse('FIELD_INVALID', 'szLimit', `cuts sz into more than ${mostPlaced} slices`);
}

/** Nothing here lists them, so nobody could stop them. */
function refuseUnlisted(fields: OrderFields): never {
  return fields.refuse('ORDER_TYPE_UNSUPPORTED', 'ordType', 'is a kind that could not be stopped');
}

/** `closeFraction` 1 closes the whole position; OKX knows no other fraction. */
function readAlgoQuantity(
  fields: OrderFields,
  order: { kind: InstrumentKind; side: OrderSide; isMarket: boolean },
): Quantity {
  if (word(fields, 'closeFraction', ['1']) === undefined) return readQuantity(fields, order);
  refuseFields(fields, 'FIELD_CONFLICT', ['sz', 'tgtCcy']);
  needWord(fields, 'tdMode', ['cross', 'isolated']);
  return { value: decimal('1'), unit: 'close-all' };
}

/** A spot buy counts quote currency where it goes to market and base currency where it rests: one sz cannot be both. */
function refuseMixedUnits(kind: InstrumentKind, side: OrderSide, parts: readonly LegPart[]): void {
  const markets = parts.filter(isMarket).length;
  if (kind === 'spot' && side === 'buy' && markets > 0 && markets < parts.length) {
    refuseOrder(
      'QUANTITY_AMBIGUOUS',
      'one sz would count base currency in one leg and quote currency in the other',
    );
  }
}

/** `clOrdId` is the okx CLI's name for it. */
function readClientId(fields: OrderFields): string | undefined {
  const own = fields.ownId('algoClOrdId', identifier);
  const cli = fields.ownId('clOrdId', identifier);
  if (own !== undefined && cli !== undefined && own !== cli) {
    refuseOrder('FIELD_CONFLICT', 'algoClOrdId and clOrdId differ');
  }
  return own ?? cli;
}

function isMarket({ type }: LegPart): boolean {
  return type === 'take-profit' || type === 'stop' || type === 'trailing-stop';
}

function atLeast(parts: readonly LegPart[], count: 1 | 2): readonly LegPart[] {
  if (parts.length >= count) return parts;
  refuseOrder(
    'FIELD_MISSING',
    count === 1 ? 'the algo order has no trigger' : 'an oco order needs two triggers',
  );
}
