// Stage 7: an order, amendment or cancellation must be understood to the last field, or it does not pass (S4).
import { type Denial, denial, type Stage } from '../stage.js';

export const parse: Stage = {
  name: 'parse',
  run(exchange): Denial | undefined {
    const { venue, request, classification, credential, environment } = exchange;
    if (venue === undefined || request === undefined || classification === undefined) return undefined;
    if (classification.class === 'read') return undefined;
    const rule = `${venue.id}: ${classification.operation}`;
    if (credential === undefined || environment === undefined) {
      return denial('CREDENTIAL_MISSING', 'an order needs an account', rule);
    }
    const parsed = venue.parseOrders(request, { account: credential.id, environment });
    if (!parsed.ok) return denial(parsed.code, parsed.message, rule);
    exchange.intents = parsed.intents;
    exchange.isDryRun = parsed.dryRun === true;
    return undefined;
  },
};
