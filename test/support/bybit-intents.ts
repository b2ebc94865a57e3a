// Bybit's requests read to intents in plain values, so that a test can state them whole.
import { parseOrders } from '../../src/venues/bybit/orders.js';
import type { ParseContext } from '../../src/venues/venue.js';
import { briefIntents } from './parsed-intents.js';
import { requestOf } from './venue-requests.js';

const json = [['content-type', 'application/json']] as const;

/** What every order of these tests names. */
export const base = { venue: 'bybit', account: 'main', moneyMode: 'LIVE' };

/** `body`: JSON as it is sent, or what it is made of. */
export function parse(path: string, body: unknown, context: Partial<ParseContext> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const request = requestOf('POST', `https://api.bybit.com${path}`, json, text);
  return parseOrders(request, { account: 'main', environment: 'live', ...context });
}

export function intentsOf(path: string, body: unknown, context: Partial<ParseContext> = {}) {
  return briefIntents(parse(path, body, context));
}
