// What Bybit tells of block trades before they are made: the orders of an inquiry, and what a maker's quote for them does in either
// direction. Source: bybit-exchange/docs docs/v5/rfq/trade/rfq-realtime.mdx, quote-realtime.mdx, create-quote.mdx (2026-07-24),
// bybit-api 4.7.7 types/response/v5-rfq.
import type { Decimal } from '../../core/decimal.js';
import { type OrderIntent, type OrderSide, otherSide } from '../../core/order.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import type { StrictObject } from '../json-strict.js';
import type { ParseContext, QuotedTerms } from '../venue.js';
import { idIn, millisIn, objectIn, objectOf, priceIn, readAll, rowsOf, textIn } from '../venue-answers.js';
import { ok } from './calls.js';
import { orderIdForm, symbolForm } from './reader.js';

/** docs/v5/rfq/trade/rfq-config.mdx: `maxLegs`. */
export const mostLegs = 25;
export const blockCategories = { spot: 'spot', linear: 'linear', option: 'option' } as const;
/** The documentation writes them large, its examples and bybit-api small. */
export const blockSides: Readonly<Record<string, OrderSide>> = {
  Buy: 'buy',
  Sell: 'sell',
  buy: 'buy',
  sell: 'sell',
};

export const inquiryKey = (rfqId: string): string => `rfq ${rfqId}`;
/** "Symbols under the same category must be unique." */
export const legKey = (rfqId: string, category: string, symbol: string): string =>
  `rfq ${rfqId} ${category} ${symbol}`;
export const quoteKey = (rfqId: string, quoteId: string, side: OrderSide): string =>
  `rfq ${rfqId} quote ${quoteId} ${side}`;

/** Several orders at once, of which each says what it buys or sells. */
export function packageOf(base: IntentBase, type: 'limit' | 'other', legs: readonly OrderIntent[]) {
  return { ...base, action: 'place' as const, instrument: '', type, legs };
}

/** An order of an inquiry at a price, in its own direction or against it. */
export function priced(asked: OrderIntent, price: Decimal, isSame: boolean): OrderIntent {
  const { side } = asked;
  const turned = side === undefined ? {} : { side: isSame ? side : otherSide[side] };
  return { ...asked, ...turned, type: 'limit', price };
}

/** The orders of each inquiry that is open, together and one by one. */
export function inquiriesIn(body: Buffer, context: ParseContext): readonly QuotedTerms[] {
  const base = intentBase('bybit', context);
  return listIn(body).flatMap((row) => {
    const rfqId = idIn(row, 'rfqId');
    const expiresAtMs = millisIn(row, 'expiresAt');
    // A hedge is documented nowhere.
    const isPlain = (rowsOf(row.get('hedge')) ?? []).length === 0 && has(row, inquiryMembers);
    const legs = readAll(rowsOf(row.get('legs')), (leg) => legOf(leg, base));
    if (!isActive(row) || !isPlain || rfqId === undefined || !orderIdForm.test(rfqId)) return [];
    if (legs === undefined || legs.length === 0 || expiresAtMs === undefined) return [];
    const keys = legs.map(({ category, intent }) => legKey(rfqId, category, intent.instrument));
    if (new Set(keys).size < keys.length) return [];
    const whole = packageOf(
      base,
      'other',
      legs.map(({ intent }) => intent),
    );
    return [
      { id: inquiryKey(rfqId), intents: [whole], expiresAtMs },
      ...legs.map(({ intent }, index) => ({ id: keys[index] ?? '', intents: [intent], expiresAtMs })),
    ];
  });
}

/** What each open quote makes the taker buy and sell: the maker's `Buy` is in the direction of the inquiry, so the taker's against it. */
export function quotesIn(body: Buffer, context: ParseContext): readonly QuotedTerms[] {
  const base = intentBase('bybit', context);
  return listIn(body).flatMap((row) => {
    const [rfqId, quoteId] = [idIn(row, 'rfqId'), idIn(row, 'quoteId')];
    const expiresAtMs = millisIn(row, 'expiresAt');
    if (!isActive(row) || !has(row, quoteMembers) || expiresAtMs === undefined) return [];
    if (rfqId === undefined || quoteId === undefined) return [];
    return (['buy', 'sell'] as const).flatMap((side): QuotedTerms[] => {
      const offered = rowsOf(row.get(side === 'buy' ? 'quoteBuyList' : 'quoteSellList'));
      const legs = readAll(offered, (leg) => offeredOf(leg, rfqId, context, side === 'sell'));
      if (legs === undefined || legs.length === 0) return [];
      const intents = [packageOf(base, 'limit', legs)];
      return [{ id: quoteKey(rfqId, quoteId, side), intents, expiresAtMs }];
    });
  });
}

const common = [
  'rfqId',
  'rfqLinkId',
  'deskCode',
  'anonymous',
  'status',
  'expiresAt',
  'createdAt',
  'updatedAt',
];
const inquiryMembers = new Set([
  ...common,
  'counterparties',
  'strategyType',
  'acceptOtherQuoteStatus',
  'legs',
  'hedge',
]);
const quoteMembers = new Set([
  ...common,
  'quoteId',
  'quoteLinkId',
  'execQuoteSide',
  'quoteBuyList',
  'quoteSellList',
]);
const legMembers = new Set(['category', 'symbol', 'side', 'qty', 'isLeverage']);
const offeredMembers = new Set(['category', 'symbol', 'price', 'qty', 'isLeverage', 'isHedge']);

const has = (row: StrictObject, known: ReadonlySet<string>): boolean =>
  [...row.keys()].every((name) => known.has(name));
const isActive = (row: StrictObject): boolean => textIn(row, 'status') === 'Active';

function listIn(body: Buffer): readonly StrictObject[] {
  const envelope = objectOf({ body });
  return (textIn(envelope, 'retCode') === ok && rowsOf(objectIn(envelope, 'result')?.get('list'))) || [];
}

/** Undefined for what is not one order without borrowing. */
function namedOf(row: StrictObject, known: ReadonlySet<string>) {
  const category = textIn(row, 'category') ?? '';
  const instrument = textIn(row, 'symbol') ?? '';
  const value = priceIn(row, 'qty');
  const isPlain = [row.get('isLeverage'), row.get('isHedge')].every((flag) => flag !== true);
  if (!has(row, known) || !isPlain || value === undefined) return undefined;
  return Object.hasOwn(blockCategories, category) && symbolForm.test(instrument)
    ? { category, instrument, value }
    : undefined;
}

function legOf(row: StrictObject, base: IntentBase): { category: string; intent: OrderIntent } | undefined {
  const named = namedOf(row, legMembers);
  const side = blockSides[textIn(row, 'side') ?? ''];
  if (named === undefined || side === undefined) return undefined;
  const { category, instrument, value } = named;
  const quantity = { value, unit: 'base' as const };
  return { category, intent: { ...base, action: 'place', instrument, side, type: 'other', quantity } };
}

/** An order of the inquiry, of the same size, at the maker's price; undefined where the venue did not tell of the inquiry. */
function offeredOf(
  row: StrictObject,
  rfqId: string,
  { quoted }: ParseContext,
  isSame: boolean,
): OrderIntent | undefined {
  const named = namedOf(row, offeredMembers);
  const price = priceIn(row, 'price');
  if (named === undefined || price === undefined) return undefined;
  const [asked] = quoted?.(legKey(rfqId, named.category, named.instrument)) ?? [];
  return asked?.quantity?.value.eq(named.value) === true ? priced(asked, price, isSame) : undefined;
}
