import { expect, test } from 'vitest';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import {
  aboutRealAccount,
  accountAt,
  isOwn,
  ownSigner,
} from '../../../../src/venues/hyperliquid/own-address.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(hyperliquid);
const real = makeDecoys(hyperliquid);
const ask = (user: unknown) =>
  requestOf(
    'POST',
    'https://api.hyperliquid.xyz/info',
    [['content-type', 'application/json']],
    JSON.stringify({ type: 'openOrders', user, dex: '' }),
  );

test('the box asks about its own account by its decoy address, in any letters, and the venue is asked about the real one', () => {
  const given = decoy.accountAddress!;
  for (const user of [given, given.toUpperCase().replace('0X', '0x')]) {
    expect(hyperliquid.classify(ask(user))).toMatchObject({ class: 'read', isPublic: false });
    expect(hyperliquid.authenticate(ask(user), decoy)).toEqual({ kind: 'valid' });
    const signed = hyperliquid.sign(ask(user), asReal(real), stampAt(1));
    expect(JSON.parse(signed.body.toString())).toEqual({
      type: 'openOrders',
      user: real.accountAddress,
      dex: '',
    });
  }
  for (const user of [real.accountAddress, 'account', 'signer', accountAt(given), 5, null, ''])
    expect(hyperliquid.authenticate(ask(user), decoy), String(user)).toEqual({ kind: 'none' });
});

test('a client that knows only its key asks by the key’s address', () => {
  const own = { account: `0x${'ab'.repeat(20)}`, signer: `0x${'cd'.repeat(20)}` };
  expect(isOwn(`0x${'CD'.repeat(20)}`, own)).toBe(true);
  expect(isOwn(`0x${'AB'.repeat(20)}`, own)).toBe(true);
  expect(isOwn(`0x${'ef'.repeat(20)}`, own)).toBe(false);
});

test('the sidecar’s own names stand for the key, and for the account that the venue named', () => {
  const addresses = { account: `0x${'AB'.repeat(20)}`, signer: `0x${'cd'.repeat(20)}` };
  const about = (user: string) => aboutRealAccount(new Map([['user', user]]), addresses).get('user');
  expect(about(ownSigner)).toBe(addresses.signer);
  expect(about(accountAt(`0x${'aB'.repeat(20)}`))).toBe(addresses.account.toLowerCase());
  expect(() => about(accountAt(`0x${'00'.repeat(20)}`))).toThrow('approved by another account');
});

test('a real account without an address of its own is refused by name', () => {
  const { privateKey } = asReal(real);
  expect(() => hyperliquid.sign(ask(decoy.accountAddress), { privateKey: privateKey! }, stampAt(1))).toThrow(
    'accountAddress',
  );
});
