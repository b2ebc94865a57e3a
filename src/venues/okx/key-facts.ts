// What OKX tells about a key, and its clock. Source: OKX v5 reference, "Trading Account", "Get account configuration" (perm, ip, uid,
// mainUid); "Public Data", "Get system time"; error code 50101, the key is not of this environment.
import type { AdminPlace, KeyFacts, VenueCall } from '../admin.js';
import { codeOf, get, type Row, rowsOf, text } from './calls.js';

const otherEnvironment = '50101';
/** Every permission that the reference names. Another one may let funds out: what the key cannot do is unknown then. */
const permissions: ReadonlySet<string> = new Set(['read_only', 'trade', 'withdraw']);

export function keyFacts(at: AdminPlace): VenueCall<KeyFacts> {
  return {
    ...get(at, 'account/config'),
    read: (answer) => {
      if (codeOf(answer) === otherEnvironment) return { isOfEnvironment: false };
      const [row] = rowsOf(answer) ?? [];
      return row === undefined ? undefined : factsOf(row);
    },
  };
}

/** Milliseconds since the epoch. */
export function serverTime(at: AdminPlace): VenueCall<number> {
  return {
    ...get(at, 'public/time'),
    isPublic: true,
    read: (answer) => {
      const stamp = text(rowsOf(answer)?.[0], 'ts') ?? '';
      return /^[0-9]{13}$/.test(stamp) ? Number(stamp) : undefined;
    },
  };
}

/** `perm` lists what the key may do; `ip` is empty without a lock; a sub-account's uid is not its mainUid. */
function factsOf(row: Row): KeyFacts | undefined {
  const held = text(row, 'perm')
    ?.split(',')
    .map((name) => name.trim());
  if (held === undefined) return undefined;
  const canWithdraw = held.includes('withdraw');
  const isListed = held.every((name) => permissions.has(name));
  const [addresses, uid, mainUid] = ['ip', 'uid', 'mainUid'].map((name) => text(row, name));
  return {
    ...(canWithdraw || isListed ? { canWithdraw } : {}),
    canTrade: held.includes('trade'),
    ...(addresses === undefined ? {} : { hasAddressLock: addresses !== '' }),
    ...(uid === undefined || mainUid === undefined ? {} : { isSubAccount: uid !== mainUid }),
    ...(uid === undefined ? {} : { venueAccounts: [uid] }),
    ...(mainUid === undefined || uid === mainUid ? {} : { mainAccount: mainUid }),
    rights: held,
    // A key of the other environment is answered with an error.
    isOfEnvironment: true,
  };
}
