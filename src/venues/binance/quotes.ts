// What Binance quotes to an account, which an order accepts by a key alone: conversions, and block trades of options.
import { OrderFields, parsing } from '../order-fields.js';
import type { ParseContext, QuotedTerms, VenueQuotes } from '../venue.js';
import { readBlockDetails } from './block.js';
import { readQuote } from './convert.js';
import { classify } from './operations.js';
import { readParameters } from './parameters.js';

type Reader = (fields: OrderFields, body: Buffer, context: ParseContext) => QuotedTerms | undefined;

/** Paths that also trade: reading is by GET. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['sapi/v1/convert/getQuote', readQuote('sapi')],
  ['fapi/v1/convert/getQuote', readQuote('fapi')],
  ['eapi/v1/block/order/execute', readBlockDetails],
]);

export const quotes: VenueQuotes = {
  operations: new Set(readers.keys()),
  read(request, body, context) {
    const { class: kind, operation } = classify(request);
    const reader = kind === 'read' ? readers.get(operation) : undefined;
    const parameters = readParameters(request);
    if (reader === undefined || !parameters.ok) return [];
    let told: QuotedTerms | undefined;
    const read = parsing(() => {
      const fields = new OrderFields(parameters.fields);
      told = reader(fields, body, context);
      fields.done();
      return { ok: true, intents: [] };
    });
    return read.ok && told !== undefined ? [told] : [];
  },
};
