// What Binance tells of a key, and its clock. Sources: developers.binance.com Wallet, "Get API Key Permission"; rest-api.md, "Account
// information" and "Check server time" (2026-07-21).
import type { AdminPlace, KeyFacts, VenueCall } from '../admin.js';
import { idIn, keyFlags, millisIn, objectOf, onlyAccount, ownRequest } from '../venue-answers.js';
import { spot } from './books.js';

const trading = ['enableSpotAndMarginTrading', 'enableFutures', 'enablePortfolioMarginTrading'];

/** To other users of Binance, and between any two of the user's accounts. */
export const transferRights: ReadonlySet<string> = new Set([
  'enableInternalTransfer',
  'permitsUniversalTransfer',
]);

/** Permissions are sapi, which the demo hosts do not serve: there the account tells whether it can trade. */
export function keyFacts(at: AdminPlace): VenueCall<KeyFacts> {
  if (at.environment === 'demo')
    return {
      ...ask(at, '/api/v3/account'),
      read: (answer) => {
        const told = objectOf(answer);
        return keyFlags(
          { canTrade: told?.get('canTrade') },
          { venueAccounts: onlyAccount(idIn(told, 'uid')) },
        );
      },
    };
  return {
    ...ask(at, '/sapi/v1/account/apiRestrictions'),
    read: (answer) => {
      const told = objectOf(answer);
      const rights = [...(told ?? [])].filter(
        ([name, value]) => /^(enable|permits)/.test(name) && value === true,
      );
      return keyFlags(
        {
          canWithdraw: told?.get('enableWithdrawals'),
          canTrade: trading.some((name) => told?.get(name) === true),
          hasAddressLock: told?.get('ipRestrict'),
        },
        { rights: rights.map(([name]) => name) },
      );
    },
    // Whose it is; a key that may not read spot keeps that to itself.
    follow: (facts) => ({
      ...ask(at, '/api/v3/account?omitZeroBalances=true'),
      read: (answer) => {
        const venueAccounts = onlyAccount(idIn(objectOf(answer), 'uid'));
        return venueAccounts === undefined ? facts : { ...facts, venueAccounts };
      },
    }),
  };
}

/** Milliseconds since the epoch; all of Binance's hosts of an environment go by one clock. */
export function serverTime(at: AdminPlace): VenueCall<number> {
  return {
    ...ask(at, '/api/v3/time'),
    isPublic: true,
    read: (answer) => millisIn(objectOf(answer), 'serverTime'),
  };
}

const ask = ({ environment }: AdminPlace, target: string) => ({
  request: ownRequest('GET', spot.hosts[environment], target),
  isPublic: false,
});
