// Plain orders: trade/order, one entry of trade/batch-orders, and their amendments, with attached take-profit and stop legs.
import type { Decimal } from '../../core/decimal.js';
import {
  isReduceOnly,
  type OrderIntent,
  type OrderSide,
  type OrderType,
  type Quantity,
  type TimeInForce,
} from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { type InstrumentKind, isOption, kindOfInstrument, quoteOf } from './instrument.js';
import { amendedLegs, attachedLegs } from './legs.js';
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

// OKX v5 reference "ordType". `elp` and `rpi` round prices on their own and are left out.
const orderTypes: Readonly<Record<string, { type: OrderType; timeInForce: TimeInForce }>> = {
  market: { type: 'market', timeInForce: 'ioc' },
  optimal_limit_ioc: { type: 'market', timeInForce: 'ioc' },
  limit: { type: 'limit', timeInForce: 'gtc' },
  post_only: { type: 'limit', timeInForce: 'post-only' },
  ioc: { type: 'limit', timeInForce: 'ioc' },
  fok: { type: 'limit', timeInForce: 'fok' },
  mmp: { type: 'limit', timeInForce: 'gtc' },
  mmp_and_post_only: { type: 'limit', timeInForce: 'post-only' },
};

export function placeOrder(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = needInstrument(fields, context);
  const kind = needKind(instrument);
  const side = needSide(fields);
  const spelled =
    fields.choice('ordType', orderTypes, 'ORDER_TYPE_UNSUPPORTED') ??
    fields.refuse('FIELD_MISSING', 'ordType', 'is missing');
  const quantity = readQuantity(fields, { kind, side, isMarket: spelled.type === 'market' });
  const head = { ...intentBase('okx', context), instrument };
  readSettings(fields, instrument);
  const position = readPositionSide(fields, instrument, side);
  const { positionSide } = position;
  const legs = attachedLegs(fields, { ...head, side, quantity, ...(positionSide && { positionSide }) });
  return dropUndefined<OrderIntent>({
    ...head,
    action: 'place',
    side,
    ...spelled,
    quantity,
    price: readPrice(fields, spelled.type),
    ...position,
    clientOrderId: fields.ownId('clOrdId', identifier),
    legs: legs.length === 0 ? undefined : legs,
  });
}

/** D3: a market order has no price, not even a decorative one. */
function readPrice(fields: OrderFields, type: OrderType): Decimal | undefined {
  refuseFields(fields, 'PRICE_AMBIGUOUS', ['pxUsd', 'pxVol']);
  const price = fields.positiveText('px');
  if (type === 'market' && price !== undefined) refuseOrder('PRICE_AMBIGUOUS', 'a market order carries px');
  if (type !== 'market' && price === undefined) fields.refuse('FIELD_MISSING', 'px', 'is missing');
  return price;
}

/**
 * `sz` counts contracts, or base currency, or quote currency for a spot market buy unless tgtCcy says base.
 * With margin OKX ignores tgtCcy in one account mode and honours it in another, so only its default passes there.
 */
export function readQuantity(
  fields: OrderFields,
  order: { kind: InstrumentKind; side: OrderSide; isMarket: boolean },
): Quantity {
  const value = fields.positiveText('sz') ?? fields.refuse('FIELD_MISSING', 'sz', 'is missing');
  const target = word(fields, 'tgtCcy', ['base_ccy', 'quote_ccy']);
  const tradeMode = needWord(fields, 'tdMode', ['cash', 'cross', 'isolated', 'spot_isolated']);
  if (order.kind === 'contract') {
    if (target !== undefined) refuseOrder('QUANTITY_AMBIGUOUS', 'tgtCcy is for spot orders only');
    return { value, unit: 'contracts' };
  }
  const usual = order.isMarket && order.side === 'buy' ? 'quote_ccy' : 'base_ccy';
  const isFree = order.isMarket && (tradeMode === 'cash' || tradeMode === 'spot_isolated');
  if (target !== undefined && target !== usual && !isFree) {
    refuseOrder('QUANTITY_AMBIGUOUS', 'OKX may ignore tgtCcy here, so nobody knows what sz counts');
  }
  return { value, unit: (target ?? usual) === 'quote_ccy' ? 'quote' : 'base' };
}

/**
 * `posSide` names a position in long/short mode only, which options and spot do not have; there OKX reads neither it nor the flag.
 * "reduceOnly": "Only applicable to MARGIN orders, and FUTURES/SWAP orders in net mode".
 */
export function readPositionSide(
  fields: OrderFields,
  instrument: string,
  side: OrderSide,
): Pick<OrderIntent, 'positionSide' | 'reduceOnly'> {
  const told = word(fields, 'posSide', ['net', 'long', 'short']);
  const flag = fields.flag('reduceOnly');
  if (isOption(instrument)) return {};
  const positionSide = told === 'net' || kindOfInstrument(instrument) !== 'contract' ? undefined : told;
  return { positionSide, reduceOnly: isReduceOnly(positionSide, side, flag) };
}

/** Settings that would borrow, trade another currency, or move the price on their own are refused; the others a human is shown. */
function readSettings(fields: OrderFields, instrument: string): void {
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['outcome', 'speedBump', 'rpiPxRound']);
  // The old way to attach legs; attachAlgoOrds is read instead.
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', [
    'tpTriggerPx',
    'tpOrdPx',
    'tpTriggerPxType',
    'slTriggerPx',
    'slOrdPx',
    'slTriggerPxType',
  ]);
  word(fields, 'pxAmendType', ['0']);
  word(fields, 'quickMgnType', ['manual']);
  const tradeQuote = fields.text('tradeQuoteCcy');
  if (tradeQuote !== undefined && tradeQuote !== quoteOf(instrument)) {
    refuseOrder('QUANTITY_AMBIGUOUS', 'tradeQuoteCcy is not the instrument’s quote currency');
  }
  fields.keep('tag', 'ccy', 'banAmend', 'stpMode', 'slippagePct', 'rpiTakerAccess', 'isElpTakerAccess');
}

/** `newSz` is the new total, in base currency or contracts: only resting orders can be amended. */
export function amendOrder(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = needInstrument(fields, context);
  const unit = needKind(instrument) === 'spot' ? 'base' : 'contracts';
  refuseFields(fields, 'PRICE_AMBIGUOUS', ['newPxUsd', 'newPxVol']);
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['speedBump', 'rpiPxRound']);
  word(fields, 'pxAmendType', ['0']);
  fields.ignore('reqId');
  fields.keep('tag', 'cxlOnFail', 'rpiTakerAccess', 'isElpTakerAccess');
  const size = fields.positiveText('newSz');
  const head = { ...intentBase('okx', context), instrument };
  const legs = amendedLegs(fields, head);
  return dropUndefined<OrderIntent>({
    ...head,
    action: 'amend',
    ...needOrderIds(fields, 'ordId', 'clOrdId'),
    quantity: size === undefined ? undefined : { value: size, unit },
    price: fields.positiveText('newPx'),
    legs: legs.length === 0 ? undefined : legs,
  });
}
