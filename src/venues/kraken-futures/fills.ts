// What an order was filled at: an order's own status does not tell, the account's fills do; what they cost they do not tell either.
// Source: docs.kraken.com futures API "Get your fills": the last 100.
import type { AdminPlace, VenueCall, VenueOrderState } from '../admin.js';
import { pricedBy } from '../own-fills.js';
import { idIn, objectOf, rowsOf, textIn, unsignedIn, zero } from '../venue-answers.js';
import { ask } from './calls.js';

const mostFills = 100;

/** Undefined when nothing of it is filled. */
export function filledAt(
  at: AdminPlace,
  order: VenueOrderState,
  instrument: string,
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
        isWhole: (rows?.length ?? 0) < mostFills,
        // Perpetuals and futures that are settled in coins.
        isInverse: /^[PF]I_/i.test(instrument),
      });
    },
  };
}
