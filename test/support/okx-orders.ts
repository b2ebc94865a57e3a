// OKX order requests read to intents, with amounts as text so that they compare.
import { formatDecimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import { parseOrders } from '../../src/venues/okx/orders.js';
import type { ParseContext } from '../../src/venues/venue.js';
import { okxQuoted } from './order-samples-okx.js';
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
export const read = (operation: string, body: unknown, where: ParseContext = context): unknown[] => {
  const parsed = parseOrders(post(operation, body), where);
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  return parsed.intents.map(plain);
};

const plain = (intent: OrderIntent): unknown => ({
  ...intent,
  // What an approval binds beside has its own test: asked-members.test.ts.
  terms: undefined,
  asks: undefined,
  ...(intent.quantity && { quantity: `${formatDecimal(intent.quantity.value)} ${intent.quantity.unit}` }),
  ...(intent.price && { price: formatDecimal(intent.price) }),
  ...(intent.trigger && { trigger: formatDecimal(intent.trigger) }),
  ...(intent.leverage && { leverage: formatDecimal(intent.leverage) }),
  ...(intent.margin && { margin: formatDecimal(intent.margin) }),
  ...(intent.legs && { legs: intent.legs.map(plain) }),
});
