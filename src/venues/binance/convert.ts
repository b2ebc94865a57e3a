// Binance's convert: a quote for an amount of one asset in another, accepted by its id alone, on spot and USDⓈ-M futures.
// Sources: developers.binance.com Convert "Send Quote Request" and "Accept Quote", USDⓈ-M Futures "Send Quote Request" and
// "Accept the offered quote"; binance 3.6.5 ConvertQuoteRequestParams, FuturesConvertQuote.
import type { OrderIntent } from '../../core/order.js';
import { conversion } from '../conversion.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { OrderFields, parsing, refuseOrder } from '../order-fields.js';
import { needQuoted } from '../quoted.js';
import type { ParseContext, QuotedTerms, VenueQuotes } from '../venue.js';
import { idIn, millisIn, objectOf, priceIn } from '../venue-answers.js';
import { classify } from './operations.js';
import { readParameters } from './parameters.js';

const assetForm = /^[A-Z0-9]{1,20}$/;
const quoteIdForm = /^[A-Za-z0-9_-]{1,64}$/;

/** Markets are listed against the first of these that they trade: a conversion is an order on that market. */
const quoteAssets: readonly string[] = ['USDT', 'USDC', 'FDUSD', 'BTC', 'ETH', 'BNB'];

/** A quote's id counts among those of its own API. */
const keyOf = (operation: string, quoteId: string): string => `${operation.split('/')[0]} ${quoteId}`;

/** The terms that the venue quoted; the quote's id is the only one that the conversion has from the client. */
export function readAcceptance(operation: string) {
  return (fields: OrderFields, base: IntentBase, context: ParseContext): readonly OrderIntent[] => {
    const quoteId =
      fields.id('quoteId', quoteIdForm) ?? fields.refuse('FIELD_MISSING', 'quoteId', 'is missing');
    fields.ignore('recvWindow', 'timestamp');
    return needQuoted(context, keyOf(operation, quoteId)).map((terms) => ({
      ...terms,
      ...base,
      clientOrderId: quoteId,
    }));
  };
}

export const quotes: VenueQuotes = {
  operations: new Set(['sapi/v1/convert/getQuote', 'fapi/v1/convert/getQuote']),
  read(request, body, context) {
    const parameters = readParameters(request);
    if (!parameters.ok) return [];
    let told: QuotedTerms | undefined;
    const read = parsing(() => {
      const fields = new OrderFields(parameters.fields);
      told = termsOf(fields, body, context, classify(request).operation);
      fields.done();
      return { ok: true, intents: [] };
    });
    return read.ok && told !== undefined ? [told] : [];
  },
};

/** Undefined where the answer holds no quote. */
function termsOf(
  fields: OrderFields,
  body: Buffer,
  context: ParseContext,
  operation: string,
): QuotedTerms | undefined {
  const [fromAsset, toAsset] = [fields.need('fromAsset', assetForm), fields.need('toAsset', assetForm)];
  const fixed = fields.has('fromAmount') ? 'from' : 'to';
  const asked = fields.positive(`${fixed}Amount`);
  if (asked === undefined) refuseOrder('QUANTITY_AMBIGUOUS', 'no amount is asked for');
  // What other wallets hold is not traded from here, and none of the account's rules sees it.
  fields.match('walletType', /^SPOT$/);
  fields.match('validTime', /^\d{1,3}[sm]$/);
  fields.ignore('recvWindow', 'timestamp');
  const row = objectOf({ body });
  const [id, expiresAtMs] = [idIn(row, 'quoteId'), millisIn(row, 'validTimestamp')];
  const [fromAmount, toAmount] = [priceIn(row, 'fromAmount'), priceIn(row, 'toAmount')];
  if (id === undefined || !quoteIdForm.test(id) || expiresAtMs === undefined) return undefined;
  if (fromAmount === undefined || toAmount === undefined || fromAsset === toAsset) return undefined;
  const [from, to] = [
    { asset: fromAsset, amount: fromAmount },
    { asset: toAsset, amount: toAmount },
  ];
  const intent = conversion(intentBase('binance', context), { from, to, fixed, quoteAssets });
  return { id: keyOf(operation, id), intents: [intent], expiresAtMs };
}
