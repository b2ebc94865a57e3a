// Exchanges of one currency for another outside the book: at a quote, of small balances, of debts.
// Source: OKX v5 reference, "Convert trade", "Place easy convert", "Trade one-click repay", "Buy/sell trade"; okx-api 3.2.3.
import { decimal } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { needAmount, type Readers } from './bot-fields.js';
import { identifier, needSide, needWord, refuseFields, word } from './order-ids.js';

export const convertReaders: Readers = {
  'asset/convert/trade': convert,
  'fiat/buy-sell/trade': buyOrSell,
  'trade/easy-convert': easyConvert,
  'trade/one-click-repay': repay,
  'trade/one-click-repay-v2': repayInOrder,
};

const currency = /^[A-Z0-9]{1,20}$/;
const quoteId = /^[\x21-\x7e]{1,128}$/;
/** "Maximum 5 currencies can be selected in one order." */
const mostCurrencies = 5;
const wholeBalance: Quantity = { value: decimal('1'), unit: 'close-all' };

/** `sz` counts the currency that `szCcy` names. The price is the quote's; it is worth what the market says. */
function convert(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.need('quoteId', quoteId);
  const base = fields.need('baseCcy', currency);
  const quote = fields.need('quoteCcy', currency);
  const unit = unitOf(fields, 'szCcy', { base, quote });
  word(fields, 'convertMode', ['0', '1']);
  // "If the convert trading used tag, this parameter is also required": without it the trade could not be found again.
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['tag']);
  return exchange(context, {
    instrument: pairOf(base, quote),
    side: needSide(fields),
    quantity: { value: needAmount(fields, 'sz'), unit },
    clientOrderId: fields.ownId('clTReqId', identifier),
  });
}

/** What `fromCcy` names goes and what `toCcy` names comes, whichever `side` it is called. */
function buyOrSell(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.need('quoteId', quoteId);
  const side = needSide(fields);
  const from = fields.need('fromCcy', currency);
  const to = fields.need('toCcy', currency);
  const [base, quote] = side === 'buy' ? [to, from] : [from, to];
  const unit = unitOf(fields, 'rfqCcy', { base, quote });
  needWord(fields, 'paymentMethod', ['balance']);
  const clientOrderId =
    fields.ownId('clOrdId', identifier) ?? fields.refuse('FIELD_MISSING', 'clOrdId', 'is missing');
  const quantity = { value: needAmount(fields, 'rfqAmt'), unit };
  return exchange(context, { instrument: pairOf(base, quote), side, quantity, clientOrderId });
}

function unitOf(
  fields: OrderFields,
  name: string,
  { base, quote }: { base: string; quote: string },
): 'base' | 'quote' {
  const counted = fields.need(name, currency);
  if (counted !== base && counted !== quote)
    fields.refuse('QUANTITY_AMBIGUOUS', name, 'is neither of the two currencies');
  return counted === base ? 'base' : 'quote';
}

function pairOf(base: string, quote: string): string {
  if (base === quote) refuseOrder('FIELD_CONFLICT', 'both currencies are the same');
  return `${base}-${quote}`;
}

function exchange(
  context: ParseContext,
  part: Pick<OrderIntent, 'instrument'> & {
    side: OrderSide;
    quantity: Quantity;
    clientOrderId?: string | undefined;
  },
): OrderIntent {
  return dropUndefined<OrderIntent>({
    ...intentBase('okx', context),
    action: 'place',
    type: 'market',
    timeInForce: 'ioc',
    ...part,
  });
}

/** Sells all that there is of each of the currencies. */
function easyConvert(fields: OrderFields, context: ParseContext): OrderIntent {
  const from = needCurrencies(fields, 'fromCcy');
  const to = fields.need('toCcy', currency);
  if (word(fields, 'source', ['1', '2']) === '2')
    fields.refuse('PRODUCT_UNSUPPORTED', 'source', 'takes money from outside the trading account');
  return several(
    context,
    from.map((each) =>
      exchange(context, { instrument: pairOf(each, to), side: 'sell', quantity: wholeBalance }),
    ),
  );
}

/** Buys back each of the debts, as far as the balance goes. */
function repay(fields: OrderFields, context: ParseContext): OrderIntent {
  const debts = needCurrencies(fields, 'debtCcy');
  const paid = fields.need('repayCcy', currency);
  return several(
    context,
    debts.map((debt) =>
      exchange(context, { instrument: pairOf(debt, paid), side: 'buy', quantity: wholeBalance }),
    ),
  );
}

/** Buys the debt back with one currency after the other: how much with which, only OKX knows. What is owed itself buys nothing. */
function repayInOrder(fields: OrderFields, context: ParseContext): OrderIntent {
  const debt = fields.need('debtCcy', currency);
  const paid = needCurrencies(fields, 'repayCcyList').filter((each) => each !== debt);
  if (paid.length === 0)
    fields.refuse('NOT_AN_ORDER', 'repayCcyList', 'names no currency that would be sold');
  return several(
    context,
    paid.map((each) =>
      exchange(context, { instrument: pairOf(debt, each), side: 'buy', quantity: wholeBalance }),
    ),
  );
}

function needCurrencies(fields: OrderFields, name: string): readonly string[] {
  const listed = fields.list(name, mostCurrencies) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
  const names = listed.map((each) =>
    typeof each === 'string' && currency.test(each)
      ? each
      : fields.refuse('FIELD_INVALID', name, 'holds something else than currencies'),
  );
  if (new Set(names).size !== names.length) fields.refuse('FIELD_CONFLICT', name, 'names a currency twice');
  return names;
}

/** One, or an order whose legs count each by itself. */
function several(context: ParseContext, orders: readonly OrderIntent[]): OrderIntent {
  const [first, second] = orders;
  if (first !== undefined && second === undefined) return first;
  return {
    ...intentBase('okx', context),
    action: 'place',
    instrument: '',
    type: 'market',
    timeInForce: 'ioc',
    legs: orders,
  };
}
