// Binance's convert: a quote for an amount of one asset in another, accepted by its id alone, on spot and USDⓈ-M futures; and limit orders.
// Sources: developers.binance.com Convert "Send Quote Request", "Accept Quote" and "Place limit order", USDⓈ-M Futures "Send Quote
// Request" and "Accept the offered quote"; binance 3.6.5 ConvertQuoteRequestParams, SubmitConvertLimitOrderParams, FuturesConvertQuote.
import type { OrderIntent } from '../../core/order.js';
import { conversion } from '../conversion.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { type OrderFields, refuseOrder } from '../order-fields.js';
import { needQuoted } from '../quoted.js';
import type { ParseContext, QuotedTerms } from '../venue.js';
import { idIn, millisIn, objectOf, priceIn, zero } from '../venue-answers.js';
import { needSide } from './order-base.js';

const assetForm = /^[A-Z0-9]{1,20}$/;
const quoteIdForm = /^[A-Za-z0-9_-]{1,64}$/;

/** Markets are listed against the first of these that they trade: a conversion is an order on that market. */
const quoteAssets: readonly string[] = ['USDT', 'USDC', 'FDUSD', 'BTC', 'ETH', 'BNB'];

/** What other wallets hold is not traded from here, and none of the account's rules sees it. */
function refuseOtherWallets(fields: OrderFields): void {
  fields.match('walletType', /^SPOT$/);
}

/** All that an answer with a quote holds; `code` among others would be a refusal. */
const quoteMembers: ReadonlySet<string> = new Set(
  'quoteId ratio inverseRatio validTimestamp toAmount fromAmount'.split(' '),
);

/** A quote's id counts among those of its own API. */
const keyOf = (api: string, quoteId: string): string => `${api} ${quoteId}`;

/** The terms that the venue quoted; the quote's id is the only one that the conversion has from the client. */
export function readAcceptance(api: 'sapi' | 'fapi') {
  return (fields: OrderFields, base: IntentBase, context: ParseContext): readonly OrderIntent[] => {
    const quoteId =
      fields.id('quoteId', quoteIdForm) ?? fields.refuse('FIELD_MISSING', 'quoteId', 'is missing');
    fields.ignore('recvWindow', 'timestamp');
    return needQuoted(context, keyOf(api, quoteId)).map((terms) => ({
      ...terms,
      ...base,
      clientOrderId: quoteId,
    }));
  };
}

/** The answer to getQuote; undefined where it holds no quote. Throws a refusal where the request is not understood. */
export function readQuote(api: 'sapi' | 'fapi') {
  return (fields: OrderFields, body: Buffer, context: ParseContext): QuotedTerms | undefined => {
    const [fromAsset, toAsset] = [fields.need('fromAsset', assetForm), fields.need('toAsset', assetForm)];
    const fixed = fields.has('fromAmount') ? 'from' : 'to';
    const asked = fields.positive(`${fixed}Amount`);
    if (asked === undefined) refuseOrder('QUANTITY_AMBIGUOUS', 'no amount is asked for');
    refuseOtherWallets(fields);
    fields.match('validTime', /^\d{1,3}[sm]$/);
    fields.ignore('recvWindow', 'timestamp');
    const row = objectOf({ body });
    if (![...(row?.keys() ?? [])].every((name) => quoteMembers.has(name))) return undefined;
    const [id, expiresAtMs] = [idIn(row, 'quoteId'), millisIn(row, 'validTimestamp')];
    const [fromAmount, toAmount] = [priceIn(row, 'fromAmount'), priceIn(row, 'toAmount')];
    if (id === undefined || !quoteIdForm.test(id) || expiresAtMs === undefined) return undefined;
    if (fromAmount === undefined || toAmount === undefined || fromAsset === toAsset) return undefined;
    // Another amount than was asked for is another trade.
    if (asked === undefined || !(fixed === 'from' ? fromAmount : toAmount).eq(asked)) return undefined;
    const [from, to] = [
      { asset: fromAsset, amount: fromAmount },
      { asset: toAsset, amount: toAmount },
    ];
    const intent = conversion(intentBase('binance', context), { from, to, fixed, quoteAssets });
    if (intent.price?.gt(zero) !== true) return undefined; // less than can be written
    return { id: keyOf(api, id), intents: [intent], expiresAtMs };
  };
}

/** A limit order between two assets, good for so many days. */
export function readConvertLimit(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const [baseAsset, quoteAsset] = [fields.need('baseAsset', assetForm), fields.need('quoteAsset', assetForm)];
  const traded = fields.positive('baseAmount');
  const paid = fields.positive('quoteAmount');
  if ((traded === undefined) === (paid === undefined))
    refuseOrder('QUANTITY_AMBIGUOUS', 'exactly one of baseAmount and quoteAmount is wanted');
  refuseOtherWallets(fields);
  fields.need('expiredType', /^(?:1|3|7|30)_D$/);
  fields.ignore('recvWindow', 'timestamp');
  const quantity =
    traded === undefined
      ? { value: paid ?? zero, unit: 'quote' as const }
      : { value: traded, unit: 'base' as const };
  return [
    {
      ...base,
      action: 'place',
      instrument: `${baseAsset}${quoteAsset}`,
      side: needSide(fields, 'side'),
      type: 'limit',
      timeInForce: 'gtd',
      quantity,
      price: fields.positive('limitPrice') ?? fields.refuse('FIELD_MISSING', 'limitPrice', 'is missing'),
    },
  ];
}
