// Bybit's conversions of coins, and of money for another account of the user's: a quote, taken by its id alone.
// Source: bybit-exchange/docs docs/v5/asset/convert, docs/v5/asset/fiat-convert (2026-07-24); bybit-api 4.7.7 RequestConvertQuoteParamsV5.
import type { OrderIntent } from '../../core/order.js';
import { conversion } from '../conversion.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { readJsonObject } from '../json-body.js';
import { OrderFields, parsing } from '../order-fields.js';
import { needQuoted } from '../quoted.js';
import type { ParseContext, QuotedTerms, VenueQuotes } from '../venue.js';
import { idIn, millisIn, objectIn, objectOf, priceIn, rowsOf, textIn } from '../venue-answers.js';
import { inquiriesIn, quotesIn } from './block-quotes.js';
import { ok } from './calls.js';
import { classify } from './operations.js';
import { missing, type Readers } from './reader.js';

export const convertReaders: Readers = {
  'v5/asset/exchange/convert-execute': (fields, base, context) =>
    readAcceptance(fields, base, context, coinKey),
  'v5/fiat/trade-execute': readMoney,
};

const applications: Readonly<
  Record<string, (request: OrderFields, answer: Buffer, context: ParseContext) => QuotedTerms | undefined>
> = { 'v5/asset/exchange/quote-apply': coinTerms, 'v5/fiat/quote-apply': moneyTerms };

/** Of conversions and of block trades. */
export const quotes: VenueQuotes = {
  operations: new Set([...Object.keys(applications), 'v5/rfq/rfq-realtime', 'v5/rfq/quote-realtime']),
  read(request, body, context) {
    const { operation } = classify(request);
    if (operation === 'v5/rfq/rfq-realtime') return inquiriesIn(body, context);
    if (operation === 'v5/rfq/quote-realtime') return quotesIn(body, context);
    const sent = readJsonObject(request);
    if (!sent.ok) return [];
    let told: QuotedTerms | undefined;
    const read = parsing(() => {
      const fields = new OrderFields(sent.object);
      told = applications[operation]?.(fields, body, context);
      fields.done();
      return { ok: true, intents: [] };
    });
    return read.ok && told !== undefined ? [told] : [];
  },
};

const coinForm = /^[A-Z0-9]{1,20}$/;
const quoteIdForm = /^[A-Za-z0-9_-]{1,64}$/;
const kinds = { crypto: true, fiat: true };
/** What the funding account holds is not traded from here, and none of the account's rules sees it. */
const accounts = { eb_convert_uta: true };
/** What Bybit lists markets against. */
const quoteAssets: readonly string[] = ['USDT', 'USDC', 'EUR', 'BRL', 'TRY', 'BTC', 'ETH'];

const coinKey = (quoteId: string): string => `convert ${quoteId}`;
const moneyKey = (quoteId: string): string => `fiat ${quoteId}`;

/** The terms that the venue quoted; the quote's id is the only one that the conversion has from the client. */
function readAcceptance(
  fields: OrderFields,
  base: IntentBase,
  context: ParseContext,
  keyOf: (quoteId: string) => string,
): readonly OrderIntent[] {
  const quoteId = fields.need('quoteTxId', quoteIdForm);
  return needQuoted(context, keyOf(quoteId)).map((terms) => ({ ...terms, ...base, clientOrderId: quoteId }));
}

/** For a sub-account, whose number stands in the request. Nobody is called back: what the answer tells would leave for a host of the client's choice. */
function readMoney(fields: OrderFields, base: IntentBase, context: ParseContext): readonly OrderIntent[] {
  const venueAccount = fields.id('subUserId', /^\d{1,20}$/) ?? missing(fields, 'subUserId');
  fields.ownId('MerchantRequestId', /^[\w-]{1,36}$/);
  return readAcceptance(fields, { ...base, venueAccount }, context, moneyKey);
}

/** "Request coin, same as fromCoin": the amount to sell is fixed. */
function coinTerms(fields: OrderFields, answer: Buffer, context: ParseContext): QuotedTerms | undefined {
  if (fields.choice('accountType', accounts) === undefined) missing(fields, 'accountType');
  const names = { from: fields.need('fromCoin', coinForm), to: fields.need('toCoin', coinForm) };
  if (fields.need('requestCoin', coinForm) !== names.from)
    fields.refuse('FIELD_CONFLICT', 'requestCoin', 'is not the coin to sell');
  fields.positive('requestAmount');
  for (const name of ['fromCoinType', 'toCoinType']) fields.choice(name, { crypto: true });
  // Whose client it is that asks: brokers get a share of the fees of others, not of this account.
  fields.match('paramType', /^opFrom$/);
  fields.match('paramValue', /^[\w-]{1,64}$/);
  fields.match('requestId', /^[\w-]{1,36}$/);
  return termsIn(answer, context, names, coinKey);
}

function moneyTerms(fields: OrderFields, answer: Buffer, context: ParseContext): QuotedTerms | undefined {
  const names = { from: fields.need('fromCoin', coinForm), to: fields.need('toCoin', coinForm) };
  fields.positive('requestAmount');
  for (const name of ['fromCoinType', 'toCoinType', 'requestCoinType']) fields.choice(name, kinds);
  return termsIn(answer, context, names, moneyKey);
}

/** Undefined where the answer holds no quote, or one of other coins than those that were asked about. */
function termsIn(
  body: Buffer,
  context: ParseContext,
  asked: { from: string; to: string },
  keyOf: (quoteId: string) => string,
): QuotedTerms | undefined {
  const envelope = objectOf({ body });
  const row = textIn(envelope, 'retCode') === ok ? objectIn(envelope, 'result') : undefined;
  // quote-apply.mdx of fiat lists `quoteTxId` and `expiredTime`; its example has the others.
  const id = idIn(row, 'quoteTxId') ?? idIn(row, 'quoteTaxId');
  const expiresAtMs = millisIn(row, 'expiredTime') ?? millisIn(row, 'expireTime');
  const [fromAmount, toAmount] = [priceIn(row, 'fromAmount'), priceIn(row, 'toAmount')];
  if (id === undefined || !quoteIdForm.test(id) || expiresAtMs === undefined) return undefined;
  if (fromAmount === undefined || toAmount === undefined || asked.from === asked.to) return undefined;
  if (textIn(row, 'fromCoin') !== asked.from || textIn(row, 'toCoin') !== asked.to) return undefined;
  // "Compliance-related field. Currently returns an empty array".
  if ((rowsOf(row?.get('extTaxAndFee')) ?? []).length > 0) return undefined;
  const intent = conversion(intentBase('bybit', context), {
    from: { asset: asked.from, amount: fromAmount },
    to: { asset: asked.to, amount: toAmount },
    fixed: 'from',
    quoteAssets,
  });
  return { id: keyOf(id), intents: [intent], expiresAtMs };
}
