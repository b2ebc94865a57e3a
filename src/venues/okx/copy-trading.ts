// Copy trading: orders of a trader that OKX repeats with the account's money, and positions that others copy.
// Source: OKX v5 reference, "Copy Trading"; okx-api 3.2.3.
import type { OrderIntent } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { amount, closing, isEmpty, needAmount, type Reader, type Readers } from './bot-fields.js';
import { type LegPart, priceOrMarket, triggerPriceTypes } from './legs.js';
import { needKind, needWord, refuseFields, word } from './order-ids.js';

export const copyReaders: Readers = {
  'copytrading/algo-order': setExits,
  'copytrading/close-subposition': closePosition,
  'copytrading/first-copy-settings': copying('place'),
  'copytrading/amend-copy-settings': copying('amend'),
  'copytrading/stop-copy-trading': stopCopying,
  'copytrading/stop-lead-trading': stopLeading,
};

const mostInstruments = 300;

/** A position that is led or copied, by its number: of which instrument, only OKX knows. */
function positionOf(fields: OrderFields, context: ParseContext) {
  const type = word(fields, 'instType', ['SPOT', 'SWAP']);
  const isCopied = word(fields, 'subPosType', ['lead', 'copy']) === 'copy';
  fields.keep('tag');
  const venueOrderId = fields.need('subPosId', /^\d{1,30}$/);
  return {
    position: { ...intentBase('okx', context), instrument: '', venueOrderId },
    isLedOnSpot: type === 'SPOT' && !isCopied,
  };
}

/** "Place lead stop order": both end the whole position, and 0 takes one back: a position without its stop risks more, so that is no cancel. */
function setExits(fields: OrderFields, context: ParseContext): OrderIntent {
  const { position } = positionOf(fields, context);
  const exits = (['tp', 'sl'] as const).flatMap((kind) => readExit(fields, kind));
  const [first, second] = exits;
  if (first === undefined)
    return fields.refuse('FIELD_MISSING', 'tpTriggerPx', 'is missing, and so is slTriggerPx');
  if (exits.some(({ isRemoved }) => isRemoved)) {
    const legs = exits.map(({ isRemoved, part }) =>
      isRemoved ? { ...position, action: 'cancel' as const, ...part } : closing(position, part),
    );
    return { ...position, action: 'amend', type: 'other', legs };
  }
  const order = closing(position, first.part);
  return second === undefined
    ? order
    : { ...order, legs: [{ ...closing(position, second.part), isAlternative: true }] };
}

function readExit(fields: OrderFields, kind: 'tp' | 'sl'): readonly { isRemoved: boolean; part: LegPart }[] {
  word(fields, `${kind}TriggerPxType`, triggerPriceTypes);
  const price = priceOrMarket(fields, `${kind}OrdPx`);
  if (fields.takes(`${kind}TriggerPx`, '0'))
    return [{ isRemoved: true, part: { type: kind === 'tp' ? 'take-profit' : 'stop' } }];
  const trigger = fields.positiveText(`${kind}TriggerPx`);
  if (trigger === undefined) {
    if (price !== undefined) fields.refuse('FIELD_MISSING', `${kind}TriggerPx`, 'is missing');
    return [];
  }
  const limit = price === 'market' ? undefined : price;
  const types = {
    tp: limit === undefined ? ('take-profit' as const) : ('take-profit-limit' as const),
    sl: limit === undefined ? ('stop' as const) : ('stop-limit' as const),
  };
  return [{ isRemoved: false, part: dropUndefined<LegPart>({ type: types[kind], trigger, price: limit }) }];
}

/**
 * "Close lead position": all of it. Price and limit orders are for spot lead traders alone; what they do elsewhere is not said, so there the
 * position may be closed at market. Theirs at price 0 is none any more.
 */
function closePosition(fields: OrderFields, context: ParseContext): OrderIntent {
  const { position, isLedOnSpot } = positionOf(fields, context);
  if (word(fields, 'ordType', ['market', 'limit']) !== 'limit') {
    refuseFields(fields, 'PRICE_AMBIGUOUS', ['px']);
    return closing(position);
  }
  const price = fields.takes('px', '0') ? undefined : needAmount(fields, 'px');
  if (!isLedOnSpot) return closing(position);
  if (price !== undefined) return closing(position, { type: 'limit', timeInForce: 'gtc', price });
  const { venueOrderId, ...head } = position;
  return { ...head, action: 'cancel', cancels: [`subPosId ${venueOrderId}`] };
}

/**
 * "The maximum total amount you'll invest at any given time", USDT: margin, since the leverage is the trader's. Which way it goes,
 * and in which contracts unless they are named, is the trader's to say, too.
 */
function copying(action: 'place' | 'amend'): Reader {
  return (fields, context) => {
    const trader = traderOf(fields, context);
    needWord(fields, 'copyMgnMode', ['cross', 'isolated', 'copy']);
    const margin = needAmount(fields, 'copyTotalAmt');
    const isRatio = word(fields, 'copyMode', ['fixed_amount', 'ratio_copy']) === 'ratio_copy';
    needAmount(fields, isRatio ? 'copyRatio' : 'copyAmt');
    for (const name of ['copyRatio', 'copyAmt', 'slTotalAmt'])
      if (!isEmpty(fields, name)) amount(fields, name);
    needWord(fields, 'subPosCloseType', ['market_close', 'copy_close', 'manual_close']);
    fields.keep('tag');
    const exits = (['tpRatio', 'slRatio'] as const)
      .filter((name) => !isEmpty(fields, name) && amount(fields, name) !== undefined)
      .map((name) => closing(trader, { type: name === 'tpRatio' ? 'take-profit' : 'stop' }));
    const instruments = readInstruments(fields);
    const [only = '', second] = instruments;
    const order = { ...trader, action, type: 'bot' as const, margin };
    if (second === undefined) return withLegs({ ...order, instrument: only }, exits);
    return withLegs(order, [...instruments.map((instrument) => ({ ...order, instrument })), ...exits]);
  };
}

function withLegs(order: OrderIntent, legs: readonly OrderIntent[]): OrderIntent {
  return legs.length === 0 ? order : { ...order, legs };
}

function traderOf(fields: OrderFields, context: ParseContext) {
  word(fields, 'instType', ['SWAP']);
  const venueOrderId = fields.need('uniqueCode', /^(?:[A-Za-z0-9]{16}|[A-Za-z0-9]{18})$/);
  return { ...intentBase('okx', context), instrument: '', venueOrderId };
}

/** Those that are named; none where they are the trader's. */
function readInstruments(fields: OrderFields): readonly string[] {
  const kind = needWord(fields, 'copyInstIdType', ['custom', 'copy']);
  const named = isEmpty(fields, 'instId') ? undefined : fields.listOrWords('instId', mostInstruments);
  if (kind === 'copy') {
    if (named !== undefined) fields.refuse('FIELD_CONFLICT', 'instId', 'stands beside copyInstIdType copy');
    return [];
  }
  if (named === undefined) return fields.refuse('FIELD_MISSING', 'instId', 'is missing');
  if (named.some((instrument) => needKind(instrument) !== 'contract'))
    refuseOrder('SYMBOL_UNKNOWN', 'nothing but contracts is copied');
  if (new Set(named).size !== named.length)
    fields.refuse('FIELD_CONFLICT', 'instId', 'names an instrument twice');
  return named;
}

/**
 * `market_close` closes what is held, at once; the others leave it, to the trader or to the user, without the stops of the copying: no mere
 * cancel. Without a word it may close.
 */
function stopCopying(fields: OrderFields, context: ParseContext): OrderIntent {
  const trader = traderOf(fields, context);
  const type = word(fields, 'subPosCloseType', ['market_close', 'copy_close', 'manual_close']);
  if (type === undefined || type === 'market_close') return closing(trader);
  return { ...trader, action: 'amend', type: 'bot' };
}

/** What becomes of the positions, nothing says: taken as if all were closed. */
function stopLeading(fields: OrderFields, context: ParseContext): OrderIntent {
  word(fields, 'instType', ['SPOT', 'SWAP']);
  return closing({ ...intentBase('okx', context), instrument: '' });
}
