// Whose account an info request asks about: the box's own, by its decoy address, and the sidecar's, which name it without knowing it.
// Source: hyperliquid.gitbook.io info endpoint: `user` is the account's address; that of an API wallet gives empty answers.
import { TradeboxError } from '../../core/errors.js';
import type { StrictObject } from '../json-strict.js';

export const addressForm = /^0x[0-9a-fA-F]{40}$/;

/** What the sidecar's own calls write as `user`; no client can, because a client's must be an address. */
export const ownAccount = 'account';
export const ownSigner = 'signer';
/** The account, which the venue says has this address. */
export const accountAt = (address: string): string => `${ownAccount}=${address.toLowerCase()}`;

export interface OwnAddresses {
  account: string;
  /** Of the API wallet, which signs. */
  signer: string;
}

/** Whether the request asks about the account that both of these addresses stand for in the box. */
export function isOwn(user: unknown, own: OwnAddresses): boolean {
  if (typeof user !== 'string') return false;
  const address = user.toLowerCase();
  return address === own.account.toLowerCase() || address === own.signer;
}

/**
 * The same question about the real account.
 * @throws TradeboxError SECRET_INVALID when the venue says that the key is of another account than the address.
 */
export function aboutRealAccount(object: StrictObject, real: OwnAddresses): StrictObject {
  const user = object.get('user');
  const account = real.account.toLowerCase();
  if (typeof user === 'string' && user.startsWith(accountAt('')) && user !== accountAt(account)) {
    throw new TradeboxError(
      'SECRET_INVALID',
      'The API wallet of the Hyperliquid credential is approved by another account than accountAddress.',
      { remedy: 'Store the address of the account that approved the API wallet as accountAddress.' },
    );
  }
  return new Map(object).set('user', user === ownSigner ? real.signer : account);
}
