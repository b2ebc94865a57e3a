// Stage 7: an order, amendment or cancellation must be understood to the last field, or it does not pass (S4).
import { type Denial, denial, type Stage } from '../stage.js';

export const parse: Stage = {
  name: 'parse',
  run(exchange, world): Denial | undefined {
    const { venue, request, classification, credential, environment } = exchange;
    if (venue === undefined || request === undefined || classification === undefined) return undefined;
    if (classification.class === 'read') return undefined;
    const rule = `${venue.id}: ${classification.operation}`;
    if (credential === undefined || environment === undefined) {
      return denial('CREDENTIAL_MISSING', 'an order needs an account', rule);
    }
    const { id, real } = credential;
    const source = world.instruments === undefined ? undefined : venue.instrumentSource;
    const instruments =
      source === undefined ? undefined : world.instruments?.listFor({ id, real, venue, environment });
    const context = {
      account: id,
      environment,
      nowMs: world.clock.nowMs(),
      ...(instruments === undefined ? {} : { instruments }),
      questioned: (question: string) => world.questions?.about(id, question),
    };
    const parsed = venue.parseOrders(request, context);
    const isUnnamed = !parsed.ok && parsed.code === 'SYMBOL_UNKNOWN';
    // A cancel waits for no list: it must never depend on one.
    const isReadByList =
      parsed.ok && source?.isForUnnamed !== true && parsed.intents.some(({ action }) => action !== 'cancel');
    exchange.instruments = instruments;
    const isListMissing = source !== undefined && instruments === undefined;
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
