// Whose a key is, and what it may do.
import { expect, test } from 'vitest';
import { keyFacts } from '../../../../src/venues/bybit/key-facts.js';

const { read } = keyFacts({ environment: 'live' });
const key = {
  readOnly: 0,
  ips: ['*'],
  permissions: { Wallet: [], Spot: ['SpotTrade'] },
  userID: 7,
  isMaster: true,
  parentUid: '0',
};
const told = (members: object) =>
  read({ status: 200, body: Buffer.from(JSON.stringify({ retCode: 0, result: { ...key, ...members } })) });

test('a main account without an address lock', () => {
  expect(told({})).toEqual({
    canWithdraw: false,
    canTrade: true,
    hasAddressLock: false,
    isSubAccount: false,
    venueAccounts: ['7'],
    rights: ['Spot.SpotTrade'],
  });
});

test('a sub-account that may withdraw, from one address', () => {
  const members = {
    isMaster: false,
    parentUid: '5',
    ips: ['192.0.2.1'],
    permissions: { Wallet: ['Withdraw'] },
    readOnly: 1,
  };
  expect(told(members)).toEqual({
    canWithdraw: true,
    canTrade: false,
    hasAddressLock: true,
    isSubAccount: true,
    venueAccounts: ['7'],
    mainAccount: '5',
    rights: ['Wallet.Withdraw'],
  });
  expect(told({ permissions: {} })).toBeUndefined();
});
