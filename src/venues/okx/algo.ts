// Algo orders: trade/order-algo in all its kinds, and trade/amend-algos.
import { decimal } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
import type { ParseContext } from '../venue.js';
import { type Fields, NotUnderstood } from './fields.js';
import type { InstrumentKind } from './instrument.js';
import { amendedLegs, attachedLegs, trailingLegs, triggeredLegs } from './legs.js';
import { kindOf, readInstrument, readOrderIds, readQuantity, readReduceOnly, scope } from './place.js';

type Part = Pick<OrderIntent, 'type' | 'price' | 'trigger' | 'timeInForce'>;

const readers: ReadonlyMap<string, (fields: Fields) => readonly Part[]> = new Map(
  Object.entries({
    conditional: (fields) => atLeast(triggeredLegs(fields, ''), 1),
    oco: (fields) => atLeast(triggeredLegs(fields, ''), 2),
    trigger: readTrigger,
    move_order_stop: (fields) => atLeast(trailingLegs(fields), 1),
    twap: (fields) => readSliced(fields, 'twap'),
    iceberg: (fields) => readSliced(fields, 'other'),
    chase: readChase,
  }),
);

/** One intent; a second trigger of the same order (OCO) is its leg. */
export function placeAlgo(fields: Fields, context: ParseContext): OrderIntent {
  const { instrument } = readInstrument(fields, context);
  const kind = kindOf(instrument);
  const side = fields.requiredOneOf('side', ['buy', 'sell']);
  const reader = readers.get(fields.required('ordType'));
  if (reader === undefined) throw new NotUnderstood('VALUE_UNKNOWN', 'ordType is not supported');
  const parts = reader(fields);
  refuseMixedUnits(kind, side, parts);
  const [first, ...others] = parts;
  if (first === undefined) throw new NotUnderstood('FIELD_MISSING', 'the algo order has no trigger');
  const quantity = readAlgoQuantity(fields, { kind, side, isMarket: isMarket(first) });
  const reduceOnly = readReduceOnly(fields, side);
  const clientOrderId = readClientId(fields);
  fields.oneOf('quickMgnType', ['manual']);
  fields.ignore('tag', 'ccy', 'cxlOnClosePos');
  const head = { ...scope(context), instrument };
  const shared = {
    ...head,
    action: 'place' as const,
    side,
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
  };
  const legs = [
    ...others.map((part) => ({ ...shared, quantity, ...part })),
    ...attachedLegs(fields, { ...head, side, quantity }),
  ];
  return { ...shared, quantity, ...first, ...(legs.length === 0 ? {} : { legs }) };
}

/** `newSz`, `newTriggerPx`, `newOrdPx` and the take-profit and stop legs of a resting algo order. */
export function amendAlgo(fields: Fields, context: ParseContext): OrderIntent {
  const { instrument } = readInstrument(fields, context);
  const kind = kindOf(instrument);
  fields.refuse('PRODUCT_UNSUPPORTED', 'advChaseParams');
  fields.ignore('tag', 'reqId', 'cxlOnFail');
  fields.oneOf('newTriggerPxType', ['last', 'index', 'mark']);
  const size = fields.amount('newSz');
  const trigger = fields.amount('newTriggerPx');
  const price = fields.priceOrMarket('newOrdPx');
  const head = { ...scope(context), instrument };
  const own = triggeredLegs(fields, 'new').map((part) => ({ ...head, action: 'amend' as const, ...part }));
  const legs = [...own, ...amendedLegs(fields.objects('attachAlgoOrds', 10), head)];
  return {
    ...head,
    action: 'amend',
    ...readOrderIds(fields, 'algoId', 'algoClOrdId'),
    ...(size === undefined
      ? {}
      : { quantity: { value: size, unit: kind === 'spot' ? 'base' : 'contracts' } }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(price === undefined ? {} : price === 'market' ? { type: 'stop' } : { type: 'stop-limit', price }),
    ...(legs.length === 0 ? {} : { legs }),
  };
}

function readTrigger(fields: Fields): readonly Part[] {
  const trigger = fields.requiredAmount('triggerPx');
  const price = fields.priceOrMarket('orderPx');
  fields.oneOf('triggerPxType', ['last', 'index', 'mark']);
  fields.refuse('PRODUCT_UNSUPPORTED', 'advChaseParams');
  const advance = fields.oneOf('advanceOrdType', ['fok', 'ioc']);
  if (price === undefined) throw new NotUnderstood('FIELD_MISSING', 'orderPx is missing');
  return [
    {
      ...(price === 'market' ? { type: 'stop' } : { type: 'stop-limit', price }),
      trigger,
      ...(advance === undefined ? {} : { timeInForce: advance }),
    },
  ];
}

/** `pxLimit` bounds the price of every slice. */
function readSliced(fields: Fields, type: 'twap' | 'other'): readonly Part[] {
  const price = fields.requiredAmount('pxLimit');
  fields.requiredAmount('szLimit');
  fields.ignore('pxVar', 'pxSpread', 'timeInterval');
  return [{ type, price }];
}

function readChase(fields: Fields): readonly Part[] {
  fields.ignore('chaseType', 'chaseVal', 'maxChaseType', 'maxChaseVal');
  return [{ type: 'other' }];
}

/** `closeFraction` 1 closes the whole position; OKX knows no other fraction. */
function readAlgoQuantity(
  fields: Fields,
  order: { kind: InstrumentKind; side: OrderSide; isMarket: boolean },
): Quantity {
  const fraction = fields.oneOf('closeFraction', ['1']);
  if (fraction === undefined) return readQuantity(fields, order);
  fields.refuse('QUANTITY_CONFLICT', 'sz', 'tgtCcy');
  fields.requiredOneOf('tdMode', ['cross', 'isolated']);
  return { value: decimal('1'), unit: 'close-all' };
}

/** A spot buy counts quote currency where it goes to market and base currency where it rests: one sz cannot be both. */
function refuseMixedUnits(kind: InstrumentKind, side: OrderSide, parts: readonly Part[]): void {
  const markets = parts.filter(isMarket).length;
  if (kind === 'spot' && side === 'buy' && markets > 0 && markets < parts.length) {
    throw new NotUnderstood(
      'QUANTITY_CONFLICT',
      'one sz would count base currency in one leg and quote currency in the other',
    );
  }
}

/** `clOrdId` is the okx CLI's name for it. */
function readClientId(fields: Fields): string | undefined {
  const own = fields.text('algoClOrdId');
  const cli = fields.text('clOrdId');
  if (own !== undefined && cli !== undefined && own !== cli) {
    throw new NotUnderstood('FIELD_MALFORMED', 'algoClOrdId and clOrdId differ');
  }
  return own ?? cli;
}

function isMarket(part: Part): boolean {
  return part.type === 'take-profit' || part.type === 'stop' || part.type === 'trailing-stop';
}

function atLeast(parts: readonly Part[], count: number): readonly Part[] {
  if (parts.length < count) {
    throw new NotUnderstood(
      'FIELD_MISSING',
      count === 1 ? 'the algo order has no trigger' : 'an oco order needs two triggers',
    );
  }
  return parts;
}
