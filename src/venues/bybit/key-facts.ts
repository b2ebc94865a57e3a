// What a Bybit key may do and whose it is. Source: bybit-exchange/docs docs/v5/user/apikey-info.mdx (2026-07-24).
import type { VenueAdmin } from '../admin.js';
import { idIn, keyFlags, objectIn, onlyAccount, textIn, textsIn } from '../venue-answers.js';
import { resultOf, signed } from './calls.js';

/** `ips` is ["*"] without a lock, `permissions.Wallet` may hold Withdraw. */
export const keyFacts: NonNullable<VenueAdmin['keyFacts']> = (at) => ({
  ...signed('GET', at, '/v5/user/query-api'),
  read: (answer) => {
    const key = resultOf(answer);
    const groups = objectIn(key, 'permissions');
    const wallet = textsIn(groups, 'Wallet');
    const addresses = textsIn(key, 'ips');
    const isMaster = key?.get('isMaster');
    const main = idIn(key, 'parentUid');
    return keyFlags(
      {
        canWithdraw: wallet?.includes('Withdraw'),
        canTrade: textIn(key, 'readOnly') === '0',
        hasAddressLock:
          addresses === undefined ? undefined : addresses.length > 0 && !addresses.includes('*'),
        ...(typeof isMaster === 'boolean' ? { isSubAccount: !isMaster } : {}),
      },
      {
        venueAccounts: onlyAccount(idIn(key, 'userID')),
        // 0 of a main account.
        mainAccount: main === '0' ? undefined : main,
        rights: [...(groups?.keys() ?? [])].flatMap((group) =>
          (textsIn(groups, group) ?? []).map((right) => `${group}.${right}`),
        ),
      },
    );
  },
});
