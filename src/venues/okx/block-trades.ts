// Block trades: prices asked for, offered and taken outside the book. Source: OKX v5 reference, "Block Trading".
import type { Decimal } from '../../core/decimal.js';
import {
  isReduceOnly,
  type OrderIntent,
  type OrderSide,
  otherSide,
  type Quantity,
} from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import { needQuoted } from '../quoted.js';
import type { ParseContext } from '../venue.js';
import { needAmount, type Readers } from './bot-fields.js';
import { isOption, quoteOf } from './instrument.js';
import { identifier, needInstrument, needKind, needSide, needWord, refuseFields, word } from './order-ids.js';

export const blockReaders: Readers = {
  'rfq/create-rfq': askForPrices,
  'rfq/create-quote': offerPrices,
  'rfq/execute-quote': takeQuote,
};

export const mostLegs = 15;
const number = /^\d{1,30}$/;
const mostCounterparties = 100;
const traderCode = /^[\x21-\x7e]{1,64}$/;

/** One leg, with what it may cost. */
export type LegPart = Pick<
  OrderIntent,
  'instrument' | 'side' | 'quantity' | 'positionSide' | 'reduceOnly'
> & {
  price?: Decimal;
};

/** Each leg counts by itself. With `lmtPx` in every one, OKX takes the first quote that is as good; without, whoever asked does. */
function askForPrices(fields: OrderFields, context: ParseContext): OrderIntent {
  const asked = fields.list('counterparties', mostCounterparties) ?? [];
  if (asked.length === 0) fields.refuse('FIELD_MISSING', 'counterparties', 'is missing');
  if (!asked.every((each) => typeof each === 'string' && traderCode.test(each)))
    fields.refuse('FIELD_INVALID', 'counterparties', 'holds something else than traders');
  fields.flag('anonymous');
  fields.flag('allowPartialExecution');
  fields.keep('tag');
  // Shares the trade among accounts that the key's own may not be.
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['acctAlloc']);
  const legs = readLegs(fields, context, 'lmtPx', needSide);
  const priced = legs.filter(({ price }) => price !== undefined).length;
  if (priced !== 0 && priced !== legs.length)
    refuseOrder('FIELD_CONFLICT', 'lmtPx stands in some of the legs only');
  return blockOf(context, fields.ownId('clRfqId', identifier), legs);
}

/** A quote binds whoever gives it for `expiresIn` seconds. Of one that sells, every leg is of the other side than it says. */
function offerPrices(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.need('rfqId', number);
  const isSelling = needWord(fields, 'quoteSide', ['buy', 'sell']) === 'sell';
  fields.flag('anonymous');
  fields.match('expiresIn', /^(?:[1-9]\d|1[01]\d|120)$/);
  fields.keep('tag');
  const legs = readLegs(fields, context, 'px', (leg) =>
    isSelling ? otherSide[needSide(leg)] : needSide(leg),
  );
  if (legs.some(({ price }) => price === undefined))
    refuseOrder('FIELD_MISSING', 'px is missing in a leg of the order');
  return blockOf(context, fields.ownId('clQuoteId', identifier), legs);
}

/** A quote has its number among those of its request. */
export const quoteKey = (rfqId: string, quoteId: string): string => `rfq ${rfqId} ${quoteId}`;

/** "Execute Quote": what was quoted, or of each of its legs so much as is named. */
function takeQuote(fields: OrderFields, context: ParseContext): OrderIntent {
  const quoted = needQuoted(context, quoteKey(fields.need('rfqId', number), fields.need('quoteId', number)));
  const [terms = refuseOrder('QUOTE_UNKNOWN', 'the quote is empty')] = quoted;
  const sizes = fields.objects('legs', mostLegs);
  const whole = { ...terms, ...intentBase('okx', context) };
  if (sizes === undefined) return whole;
  const wanted = new Map(sizes.map((leg) => [needInstrument(leg, context), needSize(leg)]));
  const { legs = [] } = terms;
  // Which of two legs of one instrument is meant, nobody can say.
  if (wanted.size !== sizes.length || new Set(legs.map(({ instrument }) => instrument)).size !== legs.length)
    fields.refuse('FIELD_CONFLICT', 'legs', 'names an instrument twice');
  if (wanted.size !== legs.length) fields.refuse('FIELD_CONFLICT', 'legs', 'is not of the legs of the quote');
  return {
    ...whole,
    legs: legs.map((leg) => {
      const value = wanted.get(leg.instrument);
      if (value === undefined || leg.quantity === undefined || value.gt(leg.quantity.value))
        return fields.refuse('FIELD_CONFLICT', 'legs', 'is more than what was quoted');
      return { ...leg, quantity: { ...leg.quantity, value } };
    }),
  };
}

function needSize(leg: OrderFields): Decimal {
  const size = needAmount(leg, 'sz');
  leg.done();
  return size;
}

export function blockOf(
  context: ParseContext,
  clientOrderId: string | undefined,
  parts: readonly LegPart[],
): OrderIntent {
  const head = intentBase('okx', context);
  return dropUndefined<OrderIntent>({
    ...head,
    action: 'place',
    instrument: '',
    type: 'other',
    clientOrderId,
    legs: parts.map((part) =>
      dropUndefined<OrderIntent>({
        ...head,
        action: 'place',
        type: part.price === undefined ? 'other' : 'limit',
        timeInForce: 'gtd',
        ...part,
      }),
    ),
  });
}

export function readLegs(
  fields: OrderFields,
  context: ParseContext,
  priceName: string,
  sideOf: (leg: OrderFields) => OrderSide,
): readonly LegPart[] {
  const legs = fields.objects('legs', mostLegs) ?? fields.refuse('FIELD_MISSING', 'legs', 'is missing');
  return legs.map((leg) => {
    const instrument = needInstrument(leg, context);
    const side = sideOf(leg);
    const quantity = readSize(leg, instrument);
    const price = leg.positiveText(priceName);
    word(leg, 'tdMode', ['cash', 'cross', 'isolated', '']);
    leg.keep('ccy');
    const posSide = word(leg, 'posSide', ['net', 'long', 'short', '']);
    leg.done();
    const isSided = (posSide === 'long' || posSide === 'short') && !isOption(instrument);
    const positionSide = isSided ? posSide : undefined;
    return dropUndefined<LegPart>({
      instrument,
      side,
      quantity,
      price,
      positionSide,
      reduceOnly: isReduceOnly(positionSide, side, undefined),
    });
  });
}

/** Contracts; of spot base currency, unless `tgtCcy` says quote currency. */
function readSize(leg: OrderFields, instrument: string): Quantity {
  const value = needAmount(leg, 'sz');
  const target = word(leg, 'tgtCcy', ['base_ccy', 'quote_ccy', '']);
  const tradeQuote = leg.text('tradeQuoteCcy');
  if (needKind(instrument) === 'contract') {
    if (target || tradeQuote) refuseOrder('QUANTITY_AMBIGUOUS', 'tgtCcy and tradeQuoteCcy are for spot only');
    return { value, unit: 'contracts' };
  }
  if (tradeQuote && tradeQuote !== quoteOf(instrument))
    refuseOrder('QUANTITY_AMBIGUOUS', 'tradeQuoteCcy is not the instrument’s quote currency');
  return { value, unit: target === 'quote_ccy' ? 'quote' : 'base' };
}
