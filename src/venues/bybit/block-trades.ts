// Block trades: a taker asks makers for a price of several orders at once, a maker offers one to buy and one to sell, the taker takes one.
// Source: bybit-exchange/docs docs/v5/rfq/basic-workflow.mdx, docs/v5/rfq/trade (2026-07-24), bybit-api 4.7.7 types/request/v5-rfq.
import type { OrderIntent } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields } from '../order-fields.js';
import { needQuoted } from '../quoted.js';
import type { ParseContext } from '../venue.js';
import {
  blockCategories,
  blockSides,
  inquiryKey,
  legKey,
  mostLegs,
  packageOf,
  priced,
  quoteKey,
} from './block-quotes.js';
import { missing, needSide, needSymbol, orderIdForm, type Readers } from './reader.js';

export const blockTradeReaders: Readers = {
  'v5/rfq/create-rfq': (fields, base) => [readInquiry(fields, base)],
  'v5/rfq/accept-other-quote': readOpening,
  'v5/rfq/create-quote': readOffer,
  'v5/rfq/execute-quote': readExecution,
};

const linkForm = /^[A-Za-z0-9]{1,32}$/;
const deskForm = /^[\w-]{1,40}$/;
/** docs/v5/rfq/trade/rfq-config.mdx: `maxLP`. */
const mostDesks = 50;
/** Asks for a price of these orders, whose number and sides everybody named learns. Nothing is bought yet; the fields of a hedge are not documented. */
function readInquiry(fields: OrderFields, base: IntentBase): OrderIntent {
  const desks = fields.list('counterparties', mostDesks) ?? missing(fields, 'counterparties');
  if (!desks.every((desk) => typeof desk === 'string' && deskForm.test(desk)))
    fields.refuse('FIELD_INVALID', 'counterparties', 'holds something else than names of desks');
  fields.flag('anonymous');
  fields.match('strategyType', /^[A-Za-z]{1,30}$/);
  const members = fields.objects('list', mostLegs) ?? missing(fields, 'list');
  const legs = members.map((member) => readLeg(member, base));
  return dropUndefined({
    ...packageOf(base, 'other', legs),
    clientOrderId: fields.ownId('rfqLinkId', linkForm),
  });
}

function readLeg(fields: OrderFields, base: IntentBase): OrderIntent {
  const { instrument } = readInstrument(fields);
  const side = needSide(fields, blockSides);
  const value = fields.positive('qty') ?? missing(fields, 'qty');
  fields.done();
  return { ...base, action: 'place', instrument, side, type: 'other', quantity: { value, unit: 'base' } };
}

/**
 * Lets makers who were not asked quote, too (`acceptOtherQuoteStatus`): what may be traded then is what the inquiry said, as the venue told
 * it to this account.
 */
function readOpening(fields: OrderFields, base: IntentBase, context: ParseContext): readonly OrderIntent[] {
  const venueOrderId = fields.need('rfqId', orderIdForm);
  return needQuoted(context, inquiryKey(venueOrderId)).map((terms) => ({ ...terms, ...base, venueOrderId }));
}

/**
 * Two offers, of which the taker may take one: in the direction of the inquiry's orders, or against them. How much is traded, and which
 * way, stands in the inquiry alone, as the venue told it to this account.
 */
function readOffer(fields: OrderFields, base: IntentBase, context: ParseContext): readonly OrderIntent[] {
  const venueOrderId = fields.need('rfqId', orderIdForm);
  const clientOrderId = fields.ownId('quoteLinkId', linkForm);
  fields.flag('anonymous');
  // create-quote.mdx: `expireIn`; bybit-api: `expiresIn`.
  for (const name of ['expireIn', 'expiresIn']) fields.id(name, /^\d{1,3}$/);
  const readPrice = (member: OrderFields, isBuy: boolean): OrderIntent => {
    const { category, instrument } = readInstrument(member);
    const price = member.positive('price') ?? missing(member, 'price');
    member.done();
    const [asked] = needQuoted(context, legKey(venueOrderId, category, instrument));
    return priced({ ...asked, ...base, action: 'place', instrument }, price, isBuy);
  };
  const offers = (['quoteBuyList', 'quoteSellList'] as const).flatMap((name): OrderIntent[] => {
    const members = fields.objects(name, mostLegs);
    if (members === undefined) return [];
    const legs = members.map((member) => readPrice(member, name === 'quoteBuyList'));
    return [dropUndefined({ ...packageOf(base, 'limit', legs), venueOrderId, clientOrderId })];
  });
  if (offers.length === 0)
    fields.refuse('FIELD_MISSING', 'quoteBuyList', 'is missing, and so is quoteSellList');
  return offers;
}

/** Takes one side of a quote that the venue told of: what is not known of it, is not bought. */
function readExecution(fields: OrderFields, base: IntentBase, context: ParseContext): readonly OrderIntent[] {
  const rfqId = fields.need('rfqId', orderIdForm);
  const quoteId = fields.need('quoteId', orderIdForm);
  const side = fields.choice('quoteSide', blockSides) ?? missing(fields, 'quoteSide');
  const terms = needQuoted(context, quoteKey(rfqId, quoteId, side));
  return terms.map((each) => ({ ...each, ...base, venueOrderId: quoteId }));
}

function readInstrument(fields: OrderFields): { category: string; instrument: string } {
  const category = fields.choice('category', blockCategories) ?? missing(fields, 'category');
  if (fields.flag('isLeverage') === true)
    fields.refuse('FIELD_INVALID', 'isLeverage', 'borrows, which is not expressible (S7)');
  return { category, instrument: needSymbol(fields) };
}
