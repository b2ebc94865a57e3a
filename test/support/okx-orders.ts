// OKX order requests read to intents, with amounts as text so that they compare.
import type { OrderIntent } from '../../src/core/order.js';
import { parseOrders } from '../../src/venues/okx/orders.js';
import type { ParseContext } from '../../src/venues/venue.js';
import { okxQuoted } from './order-samples-okx.js';
import { briefIntents } from './parsed-intents.js';
import { requestOf } from './venue-requests.js';

const context: ParseContext = {
  account: 'main',
  environment: 'demo',
  quoted: (id) => okxQuoted[id]?.map((terms) => ({ ...base, ...terms }) as OrderIntent),
};
/** What every intent of `read` has. */
export const base = { venue: 'okx', account: 'main', moneyMode: 'DEMO' };

export const post = (operation: string, body: unknown, type = 'application/json') =>
  requestOf(
    'POST',
    `https://www.okx.com/api/v5/${operation}`,
    [['Content-Type', type]],
    typeof body === 'string' ? body : JSON.stringify(body),
  );

/** `ok`, or why it is refused. */
export const codeOf = (operation: string, body: unknown): string => {
  const parsed = parseOrders(post(operation, body), context);
  return parsed.ok ? 'ok' : parsed.code;
};

/** @throws Error with the reason when it is refused. */
export const read = (operation: string, body: unknown, where: ParseContext = context) =>
  briefIntents(parseOrders(post(operation, body), where));
