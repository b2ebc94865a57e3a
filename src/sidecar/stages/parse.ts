// Stage 7: an order, amendment or cancellation must be understood to the last field, or it does not pass (S4).
import { parseContext } from '../parse-context.js';
import { type Denial, denial, type Stage } from '../stage.js';

export const parse: Stage = {
  name: 'parse',
  run(exchange, world): Denial | undefined {
    const { venue, request, classification } = exchange;
    if (venue === undefined || request === undefined || classification === undefined) return undefined;
    if (classification.class === 'read') return undefined;
    const rule = `${venue.id}: ${classification.operation}`;
    const context = parseContext(exchange, world);
    if (context === undefined) return denial('CREDENTIAL_MISSING', 'an order needs an account', rule);
    const source = world.instruments === undefined ? undefined : venue.instrumentSource;
    const parsed = venue.parseOrders(request, context);
    const isUnnamed = !parsed.ok && parsed.code === 'SYMBOL_UNKNOWN';
    // A cancel waits for no list: it must never depend on one.
    const isReadByList =
      parsed.ok && source?.isForUnnamed !== true && parsed.intents.some(({ action }) => action !== 'cancel');
    exchange.context = context;
    const isListMissing = source !== undefined && context.instruments === undefined;
    const isToLearn = source?.isByRequest === true && isUnnamed;
    exchange.lacksInstruments = isToLearn || (isListMissing && (isUnnamed || isReadByList));
    if (isUnnamed && isListMissing) {
      const message =
        'the venue’s instrument list could not be had, and without it nobody knows what is traded';
      return denial('INSTRUMENT_LIST_MISSING', message, rule);
    }
    if (!parsed.ok) return denial(parsed.code, parsed.message, rule);
    exchange.intents = parsed.intents;
    exchange.isDryRun = parsed.dryRun === true;
    return undefined;
  },
};
