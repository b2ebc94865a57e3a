// What an order's fills were worth and cost: an order's own status tells neither, the account's fills do.
// Source: hyperliquid.gitbook.io info endpoint, "Retrieve a user's fills by time": `fee` holds the builder's, negative is a rebate.
import type { AdminPlace, VenueCall, VenueOrderState } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { feeInQuote } from '../order-fee.js';
import { pricedBy } from '../own-fills.js';
import { idIn, jsonOf, rowsOf, signedIn, textIn, unsignedIn } from '../venue-answers.js';
import { info } from './calls.js';
import { ownAccount } from './own-address.js';

/** Fills of one answer; of an account with more since then some are not told. */
const mostFills = 2_000;

/** `coin` and `placedMs` as the order's status tells them. */
export function filledAt(
  at: AdminPlace,
  order: VenueOrderState,
  { coin, placedMs }: { coin: string; placedMs: number },
): VenueCall<VenueOrderState | 'absent'> {
  return {
    ...info(at, { type: 'userFillsByTime', user: ownAccount, startTime: placedMs }),
    read: (answer) => {
      const rows = rowsOf(jsonOf(answer));
      const own = rows?.filter((row) => idIn(row, 'oid') === order.venueOrderId);
      const fills = own?.map((row) => ({
        size: unsignedIn(row, 'sz'),
        price: unsignedIn(row, 'px'),
        fee: feeOf(row, coin),
      }));
      return pricedBy(order, fills, { isWhole: (rows?.length ?? 0) < mostFills });
    },
  };
}

/** Perpetuals are quoted in USDC; of spot those pairs that the venue spells out. */
function feeOf(row: StrictObject, coin: string) {
  const [base = '', quote = 'USDC'] = coin.split('/');
  const averagePrice = unsignedIn(row, 'px');
  return feeInQuote(signedIn(row, 'fee'), textIn(row, 'feeToken'), { base, quote, averagePrice });
}
