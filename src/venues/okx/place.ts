// Plain orders: trade/order, one entry of trade/batch-orders, and their amendments, with attached take-profit and stop legs.
import type { Decimal } from '../../core/decimal.js';
import type {
  MoneyMode,
  OrderIntent,
  OrderSide,
  OrderType,
  Quantity,
  TimeInForce,
} from '../../core/order.js';
import type { ParseContext } from '../venue.js';
import { type Fields, NotUnderstood } from './fields.js';
import { type InstrumentKind, kindOfInstrument, quoteOf } from './instrument.js';
import { amendedLegs, attachedLegs } from './legs.js';

const moneyModes = { live: 'LIVE', demo: 'DEMO', paper: 'PAPER' } as const satisfies Record<
  string,
  MoneyMode
>;

// OKX v5 reference "ordType". `elp` and `rpi` round prices on their own and are left out.
const orderTypes: ReadonlyMap<string, { type: OrderType; timeInForce: TimeInForce }> = new Map(
  Object.entries({
    market: { type: 'market', timeInForce: 'ioc' },
    optimal_limit_ioc: { type: 'market', timeInForce: 'ioc' },
    limit: { type: 'limit', timeInForce: 'gtc' },
    post_only: { type: 'limit', timeInForce: 'post-only' },
    ioc: { type: 'limit', timeInForce: 'ioc' },
    fok: { type: 'limit', timeInForce: 'fok' },
    mmp: { type: 'limit', timeInForce: 'gtc' },
    mmp_and_post_only: { type: 'limit', timeInForce: 'post-only' },
  }),
);

const identifier = /^[A-Za-z0-9]{1,32}$/;
const venueIdentifier = /^\d{1,30}$/;

/** What every intent of a request shares. */
export function scope(context: ParseContext): Pick<OrderIntent, 'venue' | 'account' | 'moneyMode'> {
  return { venue: 'okx', account: context.account, moneyMode: moneyModes[context.environment] };
}

/** `instId`, or `instIdCode` through the instrument list; both must mean the same. */
export function readInstrument(fields: Fields, context: ParseContext): { instrument: string } {
  const named = fields.text('instId', /^[A-Z0-9._-]{3,60}$/);
  const code = fields.text('instIdCode', /^\d{1,12}$/);
  const resolved = code === undefined ? undefined : context.instruments?.get(code);
  if (code !== undefined && resolved === undefined) {
    throw new NotUnderstood('INSTRUMENT_UNRESOLVED', 'instIdCode is not in the instrument list');
  }
  const instrument = named ?? resolved;
  if (instrument === undefined) throw new NotUnderstood('FIELD_MISSING', 'instId is missing');
  if (resolved !== undefined && resolved !== instrument) {
    throw new NotUnderstood('INSTRUMENT_CONFLICT', 'instId and instIdCode name different instruments');
  }
  return { instrument };
}

/** The order's ids, at least one. With both OKX uses the first, so both must be allowed to be shown. */
export function readOrderIds(
  fields: Fields,
  venueName: string,
  clientName: string,
): Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'> {
  const venueOrderId = fields.text(venueName, venueIdentifier);
  const clientOrderId = fields.text(clientName, identifier);
  if (venueOrderId === undefined && clientOrderId === undefined) {
    throw new NotUnderstood('FIELD_MISSING', `${venueName} and ${clientName} are both missing`);
  }
  return {
    ...(venueOrderId === undefined ? {} : { venueOrderId }),
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
  };
}

export function kindOf(instrument: string): InstrumentKind {
  const kind = kindOfInstrument(instrument);
  if (kind === undefined) {
    throw new NotUnderstood('INSTRUMENT_UNSUPPORTED', 'the unit of this instrument’s quantity is not known');
  }
  return kind;
}

export function placeOrder(fields: Fields, context: ParseContext): OrderIntent {
  const { instrument } = readInstrument(fields, context);
  const kind = kindOf(instrument);
  const side = fields.requiredOneOf('side', ['buy', 'sell']);
  const spelled = orderTypes.get(fields.required('ordType'));
  if (spelled === undefined) throw new NotUnderstood('VALUE_UNKNOWN', 'ordType is not supported');
  const price = readPrice(fields, spelled.type);
  const quantity = readQuantity(fields, { kind, side, isMarket: spelled.type === 'market' });
  const clientOrderId = fields.text('clOrdId', identifier);
  const head = { ...scope(context), instrument };
  readSettings(fields, instrument);
  fields.ignore('tag', 'ccy', 'banAmend', 'stpMode', 'slippagePct', 'rpiTakerAccess', 'isElpTakerAccess');
  const legs = attachedLegs(fields, { ...head, side, quantity });
  const reduceOnly = readReduceOnly(fields, side);
  return {
    ...head,
    action: 'place',
    side,
    ...spelled,
    quantity,
    ...(price === undefined ? {} : { price }),
    ...(reduceOnly === undefined ? {} : { reduceOnly }),
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    ...(legs.length === 0 ? {} : { legs }),
  };
}

/** D3: a market order has no price, not even a decorative one. */
function readPrice(fields: Fields, type: OrderType): Decimal | undefined {
  fields.refuse('PRICE_UNIT_UNSUPPORTED', 'pxUsd', 'pxVol');
  const price = fields.amount('px');
  if (type === 'market' && price !== undefined) {
    throw new NotUnderstood('PRICE_ON_MARKET_ORDER', 'a market order carries px');
  }
  if (type !== 'market' && price === undefined) throw new NotUnderstood('FIELD_MISSING', 'px is missing');
  return price;
}

/**
 * `sz` counts contracts, or base currency, or quote currency for a spot market buy unless tgtCcy says base.
 * With margin OKX ignores tgtCcy in one account mode and honours it in another, so only its default passes there.
 */
export function readQuantity(
  fields: Fields,
  order: { kind: InstrumentKind; side: OrderSide; isMarket: boolean },
): Quantity {
  const value = fields.requiredAmount('sz');
  const target = fields.oneOf('tgtCcy', ['base_ccy', 'quote_ccy']);
  const tradeMode = fields.requiredOneOf('tdMode', ['cash', 'cross', 'isolated', 'spot_isolated']);
  if (order.kind === 'contract') {
    if (target !== undefined) throw new NotUnderstood('TARGET_CURRENCY', 'tgtCcy is for spot orders only');
    return { value, unit: 'contracts' };
  }
  const usual = order.isMarket && order.side === 'buy' ? 'quote_ccy' : 'base_ccy';
  const isFree = order.isMarket && (tradeMode === 'cash' || tradeMode === 'spot_isolated');
  if (target !== undefined && target !== usual && !isFree) {
    throw new NotUnderstood('TARGET_CURRENCY', 'OKX may ignore tgtCcy here, so the quantity is ambiguous');
  }
  return { value, unit: (target ?? usual) === 'quote_ccy' ? 'quote' : 'base' };
}

/** In long/short mode, selling a long or buying a short back can only reduce. */
export function readReduceOnly(fields: Fields, side: OrderSide): boolean | undefined {
  const posSide = fields.oneOf('posSide', ['net', 'long', 'short']);
  const flag = fields.flag('reduceOnly');
  if ((posSide === 'long' && side === 'sell') || (posSide === 'short' && side === 'buy')) return true;
  return flag;
}

/** Settings that would borrow, trade another currency, or move the price on their own. */
function readSettings(fields: Fields, instrument: string): void {
  fields.refuse('PRODUCT_UNSUPPORTED', 'outcome', 'speedBump', 'rpiPxRound');
  fields.refuse(
    'LEGACY_LEGS',
    'tpTriggerPx',
    'tpOrdPx',
    'slTriggerPx',
    'slOrdPx',
    'tpTriggerPxType',
    'slTriggerPxType',
  );
  fields.oneOf('pxAmendType', ['0']);
  fields.oneOf('quickMgnType', ['manual']);
  const tradeQuote = fields.text('tradeQuoteCcy');
  if (tradeQuote !== undefined && tradeQuote !== quoteOf(instrument)) {
    throw new NotUnderstood('TARGET_CURRENCY', 'tradeQuoteCcy is not the instrument’s quote currency');
  }
}

/** `newSz` is the new total, in base currency or contracts: only resting orders can be amended. */
export function amendOrder(fields: Fields, context: ParseContext): OrderIntent {
  const { instrument } = readInstrument(fields, context);
  const kind = kindOf(instrument);
  fields.refuse('PRICE_UNIT_UNSUPPORTED', 'newPxUsd', 'newPxVol');
  fields.refuse('PRODUCT_UNSUPPORTED', 'speedBump', 'rpiPxRound');
  fields.oneOf('pxAmendType', ['0']);
  fields.ignore('tag', 'reqId', 'cxlOnFail', 'rpiTakerAccess', 'isElpTakerAccess');
  const newSize = fields.amount('newSz');
  const newPrice = fields.amount('newPx');
  const head = { ...scope(context), instrument };
  const legs = amendedLegs(fields.objects('attachAlgoOrds', 10), head);
  return {
    ...head,
    action: 'amend',
    ...readOrderIds(fields, 'ordId', 'clOrdId'),
    ...(newSize === undefined
      ? {}
      : { quantity: { value: newSize, unit: kind === 'spot' ? 'base' : 'contracts' } }),
    ...(newPrice === undefined ? {} : { price: newPrice }),
    ...(legs.length === 0 ? {} : { legs }),
  };
}
