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
  word(fields, 'instType', ['SPOT', 'SWAP']);
  word(fields, 'subPosType', ['lead', 'copy']);
  fields.ignore('tag');
  return {
    ...intentBase('okx', context),
    instrument: '',
    venueOrderId: fields.need('subPosId', /^\d{1,30}$/),
  };
}

/** "Place lead stop order": both end the whole position, and 0 takes one back. */
function setExits(fields: OrderFields, context: ParseContext): OrderIntent {
  const position = positionOf(fields, context);
  const exits = (['tp', 'sl'] as const).flatMap((kind) => readExit(fields, kind));
  const [first, second] = exits.flatMap((exit) => (exit === 'none' ? [] : [exit]));
  if (exits.length === 0) fields.refuse('FIELD_MISSING', 'tpTriggerPx', 'is missing, and so is slTriggerPx');
  const { venueOrderId, ...head } = position;
  if (first === undefined) return { ...head, action: 'cancel', cancels: [`subPosId ${venueOrderId}`] };
  const order = closing(position, first);
  return second === undefined
    ? order
    : { ...order, legs: [{ ...closing(position, second), isAlternative: true }] };
}

function readExit(fields: OrderFields, kind: 'tp' | 'sl'): readonly (LegPart | 'none')[] {
  word(fields, `${kind}TriggerPxType`, triggerPriceTypes);
  const price = priceOrMarket(fields, `${kind}OrdPx`);
  if (fields.takes(`${kind}TriggerPx`, '0')) return ['none'];
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
  return [dropUndefined<LegPart>({ type: types[kind], trigger, price: limit })];
}

/** "Close lead position": all of it; a limit order at price 0 is none any more. */
function closePosition(fields: OrderFields, context: ParseContext): OrderIntent {
  const position = positionOf(fields, context);
  if (word(fields, 'ordType', ['market', 'limit']) !== 'limit') {
    refuseFields(fields, 'PRICE_AMBIGUOUS', ['px']);
    return closing(position);
  }
  if (fields.takes('px', '0')) {
    const { venueOrderId, ...head } = position;
    return { ...head, action: 'cancel', cancels: [`subPosId ${venueOrderId}`] };
  }
  return closing(position, { type: 'limit', timeInForce: 'gtc', price: needAmount(fields, 'px') });
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
    fields.ignore('tag');
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

/** `market_close` closes what is held; the others leave it, to the trader or to the user. Without a word it may close. */
function stopCopying(fields: OrderFields, context: ParseContext): OrderIntent {
  const trader = traderOf(fields, context);
  const type = word(fields, 'subPosCloseType', ['market_close', 'copy_close', 'manual_close']);
  if (type === undefined || type === 'market_close') return closing(trader);
  const { venueOrderId, ...head } = trader;
  return { ...head, action: 'cancel', cancels: [`uniqueCode ${venueOrderId}`] };
}

/** What becomes of the positions, nothing says: taken as if all were closed. */
function stopLeading(fields: OrderFields, context: ParseContext): OrderIntent {
  word(fields, 'instType', ['SPOT', 'SWAP']);
  return closing({ ...intentBase('okx', context), instrument: '' });
}
