// The terms of a quote that an order accepts by its id: what the venue told, or a refusal.
import type { OrderIntent } from '../core/order.js';
import { refuseOrder } from './order-fields.js';
import type { ParseContext } from './venue.js';

/** Throws a refusal, QUOTE_UNKNOWN, for what the venue did not quote to this account, told in two ways, or quoted too long ago. */
export function needQuoted({ quoted }: Pick<ParseContext, 'quoted'>, id: string): readonly OrderIntent[] {
  const intents = quoted?.(id);
  if (intents === undefined || intents.length === 0) {
    return refuseOrder(
      'QUOTE_UNKNOWN',
      'the venue quoted no such terms to this account from here, or the quote has expired: ask for a new one',
    );
  }
  return intents;
}
