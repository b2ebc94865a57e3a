// What an order was filled at: an order's own status does not tell, the account's fills do; what they cost they do not tell either.
// Source: docs.kraken.com futures API "Get your fills": the last 100.
import type { AdminPlace, VenueCall, VenueOrderState } from '../admin.js';
import { readInstant } from '../instant.js';
import type { StrictObject } from '../json-strict.js';
import { pricedBy } from '../own-fills.js';
import { idIn, objectOf, rowsOf, textIn, unsignedIn, zero } from '../venue-answers.js';
import { ask } from './calls.js';

const mostFills = 100;

/** Undefined when nothing of it is filled. `placedMs`: when the venue received the order, its own clock, where it tells. */
export function filledAt(
  at: AdminPlace,
  order: VenueOrderState,
  instrument: string,
  placedMs?: number,
): VenueCall<VenueOrderState | 'absent'> | undefined {
  if (order.filled.eq(zero)) return undefined;
  return {
    ...ask(at, 'fills'),
    read: (answer) => {
      const told = objectOf(answer);
      const rows = textIn(told, 'result') === 'success' ? rowsOf(told?.get('fills')) : undefined;
      const own = rows?.filter((row) => idIn(row, 'order_id') === order.venueOrderId);
      const fills = own?.map((row) => ({ size: unsignedIn(row, 'size'), price: unsignedIn(row, 'price') }));
      return pricedBy(order, fills, {
        isWhole: rows !== undefined && (rows.length < mostFills || reachesBack(rows, placedMs)),
        // Perpetuals and futures that are settled in coins.
        isInverse: /^[PF]I_/i.test(instrument),
      });
    },
  };
}

/** The fills go back to before the order was there: what of it is not among them is still to come. */
function reachesBack(rows: readonly StrictObject[], placedMs: number | undefined): boolean {
  if (placedMs === undefined) return false;
  return rows.some((row) => (readInstant(textIn(row, 'fillTime')) ?? placedMs) < placedMs);
}
