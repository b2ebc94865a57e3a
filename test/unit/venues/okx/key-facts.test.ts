import { expect, test } from 'vitest';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { keyFacts, serverTime } from '../../../../src/venues/okx/key-facts.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx } from '../../../support/paper-exchange.js';
import { asReal, stampAt } from '../../../support/venue-requests.js';

const at = { environment: 'demo' } as const;
const told = (row: unknown, code = '0') => ({
  status: 200,
  body: Buffer.from(JSON.stringify({ code, msg: '', data: row === undefined ? [] : [row] })),
});
const read = (row: unknown, code?: string) => keyFacts(at).read(told(row, code));

test('the paper exchange tells of its key and of its clock', () => {
  const paper = paperOkx('key');
  const ask = <T>(call: VenueCall<T>, environment: 'paper' | 'live'): T | undefined => {
    const real = call.isPublic ? undefined : asReal(paper.secrets);
    const signed = okx.sign(call.request, real, stampAt(paper.clock.nowMs(), environment));
    return call.read(paper.exchange.handle({ ...call.request, ...signed }));
  };
  const place = { environment: 'paper' } as const;
  expect(ask(keyFacts(place), 'paper')).toEqual({
    canWithdraw: false,
    canTrade: true,
    hasAddressLock: false,
    isSubAccount: true,
    venueAccounts: [expect.any(String)],
    mainAccount: expect.any(String),
    rights: ['read_only', 'trade'],
    isOfEnvironment: true,
  });
  expect(ask(keyFacts(place), 'live')).toEqual({ isOfEnvironment: false });
  expect(ask(serverTime(place), 'paper')).toBe(paper.clock.nowMs());
});

test('both calls are reads that the operation table names', () => {
  expect(okx.classify(keyFacts(at).request)).toMatchObject({ class: 'read', isPublic: false });
  expect(okx.classify(serverTime(at).request)).toMatchObject({ class: 'read', isPublic: true });
});

test('what the key may do is what `perm` lists, and a permission nobody knows leaves withdrawing open', () => {
  expect(read({ perm: 'read_only' })).toMatchObject({ canWithdraw: false, canTrade: false });
  expect(read({ perm: 'read_only, withdraw' })).toMatchObject({ canWithdraw: true });
  expect(read({ perm: 'trade,teleport' })).toEqual({
    canTrade: true,
    rights: ['trade', 'teleport'],
    isOfEnvironment: true,
  });
});

test('a lock is a list of addresses; a main account is its own main', () => {
  expect(read({ perm: 'trade', ip: '192.0.2.1', uid: '1', mainUid: '1' })).toMatchObject({
    hasAddressLock: true,
    isSubAccount: false,
  });
});

test('an answer that is not what the reference says tells nothing', () => {
  for (const [row, code] of [
    [{}, '0'],
    [undefined, '0'],
    [{ perm: 'trade' }, '50011'],
  ] as const) {
    expect(read(row, code)).toBeUndefined();
  }
  expect(serverTime(at).read(told({ ts: 'soon' }))).toBeUndefined();
});
