// What Binance tells of a key: its rights by name, and in a second answer whose it is.
import { expect, test } from 'vitest';
import { keyFacts, serverTime } from '../../../../src/venues/binance/key-facts.js';

const said = (body: object) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const restrictions = {
  ipRestrict: true,
  createTime: 1,
  enableReading: true,
  enableSpotAndMarginTrading: true,
  enableWithdrawals: false,
  permitsUniversalTransfer: true,
};

test('rights are told by name, and a key that may not read the account keeps its number to itself', () => {
  const call = keyFacts({ environment: 'live' });
  const facts = call.read(said(restrictions));
  const known = {
    canWithdraw: false,
    canTrade: true,
    hasAddressLock: true,
    rights: ['enableReading', 'enableSpotAndMarginTrading', 'permitsUniversalTransfer'],
  };
  expect(facts).toEqual(known);
  const next = call.follow?.(facts ?? {});
  expect(next?.read(said({ uid: 42, balances: [] }))).toEqual({ ...known, venueAccounts: ['42'] });
  expect(next?.read(said({ code: -2015, msg: 'no permission' }))).toEqual(known);
});

test('the demo hosts tell of the account alone', () => {
  const call = keyFacts({ environment: 'demo' });
  expect(call.request).toMatchObject({ host: 'demo-api.binance.com', path: '/api/v3/account' });
  expect(call.read(said({ canTrade: true, uid: 7 }))).toEqual({ canTrade: true, venueAccounts: ['7'] });
  expect(call.read(said({}))).toBeUndefined();
});

test('the clock is told in milliseconds', () => {
  expect(serverTime({ environment: 'live' }).read(said({ serverTime: 1_800_000_000_123 }))).toBe(
    1_800_000_000_123,
  );
});
