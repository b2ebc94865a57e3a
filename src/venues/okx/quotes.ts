// Quotes for block trades, as OKX tells whoever asked for them. Source: OKX v5 reference, "Get Quotes".
import { otherSide } from '../../core/order.js';
import { OrderFields, parsing } from '../order-fields.js';
import type { ParseContext, QuotedTerms, VenueQuotes } from '../venue.js';
import { blockOf, quoteKey, readLegs } from './block-trades.js';
import { type Row, rowsOf } from './calls.js';
import { needSide, needWord } from './order-ids.js';

export const quotes: VenueQuotes = {
  operations: new Set(['rfq/quotes']),
  read: (_request, body, context) =>
    (rowsOf({ status: 200, body }) ?? []).flatMap((row) => {
      let told: QuotedTerms | undefined;
      const read = parsing(() => {
        told = termsOf(new OrderFields(row), row, context);
        return { ok: true, intents: [] };
      });
      return read.ok && told !== undefined ? [told] : [];
    }),
};

const number = /^\d{1,30}$/;

/**
 * Undefined for a quote that cannot be taken any more. "If quoteSide is buy, all the legs are executed in their leg sides" by whoever
 * quotes: who takes it trades each the other way.
 */
function termsOf(fields: OrderFields, row: Row, context: ParseContext): QuotedTerms | undefined {
  if (row.get('state') !== 'active') return undefined;
  const [rfqId, quoteId] = [fields.need('rfqId', number), fields.need('quoteId', number)];
  const isBuying = needWord(fields, 'quoteSide', ['buy', 'sell']) === 'buy';
  const expiresAtMs = Number(fields.need('validUntil', /^\d{13}$/));
  const legs = readLegs(fields, context, 'px', (leg) =>
    isBuying ? otherSide[needSide(leg)] : needSide(leg),
  );
  if (legs.some(({ price }) => price === undefined))
    fields.refuse('FIELD_MISSING', 'legs', 'has one without a price');
  fields.ignore('cTime', 'uTime', 'state', 'reason', 'clRfqId', 'clQuoteId', 'tag', 'traderCode');
  fields.done();
  // Whether a leg closes something is told of the other side's position.
  const own = legs.map(({ reduceOnly: _reduceOnly, positionSide: _positionSide, ...leg }) => leg);
  return { id: quoteKey(rfqId, quoteId), intents: [blockOf(context, undefined, own)], expiresAtMs };
}
