// Bybit's requests read to intents in plain values, so that a test can state them whole.
import { formatDecimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import { parseOrders } from '../../src/venues/bybit/orders.js';
import type { ParseContext } from '../../src/venues/venue.js';
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
  const parsed = parse(path, body, context);
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  return parsed.intents.map(plain);
}

const plain = (intent: OrderIntent): Record<string, unknown> => ({
  ...intent,
  // What an approval binds beside has its own test: asked-members.test.ts.
  terms: undefined,
  asks: undefined,
  ...(intent.quantity && { quantity: `${formatDecimal(intent.quantity.value)} ${intent.quantity.unit}` }),
  ...(intent.price && { price: formatDecimal(intent.price) }),
  ...(intent.trigger && { trigger: formatDecimal(intent.trigger) }),
  ...(intent.legs && { legs: intent.legs.map(plain) }),
});
