// What a Coinbase portfolio holds, page by page. Source: docs.cdp.coinbase.com Advanced Trade "List Accounts": one for each currency;
// `available_balance` is what orders may use, `hold` what is locked.
import type { CurrencyBalance, VenueCall } from '../admin.js';
import { balancesOf } from '../balances.js';
import { type CallParts, idIn, objectIn, objectOf, rowsOf, textIn, unsignedIn } from '../venue-answers.js';

/** The most that the venue gives. */
const pageSize = 250;

export function balances(
  get: (target: string) => CallParts,
  known: readonly CurrencyBalance[] = [],
  from = '',
): VenueCall<readonly CurrencyBalance[]> {
  let next = '';
  const tail = from === '' ? '' : `&cursor=${encodeURIComponent(from)}`;
  return {
    ...get(`/api/v3/brokerage/accounts?limit=${pageSize}${tail}`),
    read: (answer) => {
      const told = objectOf(answer);
      // From a vault nothing is traded.
      const rows = rowsOf(told?.get('accounts'))?.filter(
        (row) => textIn(row, 'type') !== 'ACCOUNT_TYPE_VAULT',
      );
      const page = balancesOf(rows, (row) => ({
        currency: idIn(row, 'currency'),
        free: unsignedIn(objectIn(row, 'available_balance'), 'value'),
        locked: unsignedIn(objectIn(row, 'hold'), 'value'),
      }));
      if (told?.get('has_next') === true) next = idIn(told, 'cursor') ?? '';
      // More is there, and nobody says where.
      if (told?.get('has_next') === true && next === '') return undefined;
      return page && [...known, ...page];
    },
    follow: (value) => (next === '' ? undefined : balances(get, value, next)),
  };
}
