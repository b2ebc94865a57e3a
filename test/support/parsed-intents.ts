// What a venue's reader makes of a request, in plain values, so that a test can state it whole. What an approval binds beside has its
// own test: asked-members.test.ts.
import { formatDecimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import type { ParsedOrders } from '../../src/venues/venue.js';

const notTraded: ReadonlySet<string> = new Set(['terms', 'asks']);

/** As JSON, amounts as text. @throws Error of a request that was refused. */
export function intentsOf(parsed: ParsedOrders): unknown {
  return JSON.parse(
    JSON.stringify(accepted(parsed), (name, value) =>
      value?.constructor?.name === 'Big' ? formatDecimal(value) : notTraded.has(name) ? undefined : value,
    ),
  );
}

/** The same with members that are undefined, and a quantity as `0.5 base`. */
export function briefIntents(parsed: ParsedOrders): Record<string, unknown>[] {
  return accepted(parsed).map(brief);
}

function accepted(parsed: ParsedOrders): readonly OrderIntent[] {
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  return parsed.intents;
}

const brief = (intent: OrderIntent): Record<string, unknown> => ({
  ...intent,
  terms: undefined,
  asks: undefined,
  ...(intent.quantity && { quantity: `${formatDecimal(intent.quantity.value)} ${intent.quantity.unit}` }),
  ...(intent.price && { price: formatDecimal(intent.price) }),
  ...(intent.trigger && { trigger: formatDecimal(intent.trigger) }),
  ...(intent.leverage && { leverage: formatDecimal(intent.leverage) }),
  ...(intent.margin && { margin: formatDecimal(intent.margin) }),
  ...(intent.legs && { legs: intent.legs.map(brief) }),
});
