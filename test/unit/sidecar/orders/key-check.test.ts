import { afterEach, describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { checkKeys, reportKeys, warningsOf } from '../../../../src/sidecar/orders/key-check.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { venues } from '../../../../src/venues/venues.js';
import { account, limitOrder, type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { casesOf, okxCase, type VenueCase } from '../../../support/venue-cases.js';
import { venueDesk } from '../../../support/venue-order-box.js';

const keyFacts = () => ({ request: { host: 'api.rich.test' } });
const byId = Object.fromEntries(venues.map((venue) => [venue.id, venue]));
const everyCase = [okxCase(byId.okx!), ...casesOf(byId)];

let desk: OrderBox | undefined;

afterEach(async () => {
  await desk?.stop();
  desk = undefined;
});

describe('before orders may leave', () => {
  test('a key that can withdraw never serves: the sidecar does not start', async () => {
    await expect(startOrderBox({ mode: 'propose' }, {}, 'read_only,withdraw,trade')).rejects.toMatchObject({
      code: 'KEY_CAN_WITHDRAW',
      message: expect.stringContaining(account),
      remedy: expect.stringContaining('without the permission to withdraw'),
    });
  });

  test('control: the same key without it serves, and what the venue said is journaled', async () => {
    desk = await startOrderBox({ mode: 'propose' }, {}, 'read_only,trade');
    expect(desk.events()).toContainEqual({
      type: 'account.checked',
      account,
      canWithdraw: false,
      canTrade: true,
      hasAddressLock: false,
      isSubAccount: true,
      isOfEnvironment: true,
      venueAccounts: [expect.any(String)],
      mainAccount: expect.any(String),
      rights: ['read_only', 'trade'],
      clockSkewMs: expect.any(Number),
      warnings: [`${account}: the key works from every address: bind it to the address of this machine`],
    });
    expect(desk.box.sidecar.warnings).toHaveLength(1);
  });

  test('a permission nobody knows is told, not taken for harmless', async () => {
    desk = await startOrderBox({ mode: 'propose' }, {}, 'read_only,trade,teleport');
    expect(desk.box.sidecar.warnings).toContainEqual(expect.stringContaining('whether the key can withdraw'));
  });

  test('a demo key set up as a live one never serves', async () => {
    const starting = startOrderBox({ mode: 'propose' }, {}, undefined, 'live');
    await expect(starting).rejects.toMatchObject({
      code: 'KEY_OF_OTHER_ENVIRONMENT',
      message: `The account ${account} is set up as live, and OKX says that its key is not.`,
    });
  });

  test('a running box tells of its keys when it is asked: a key that can withdraw by now shows', async () => {
    desk = await startOrderBox({ mode: 'demo' }, {}, 'read_only,trade,withdraw');
    expect(await desk.box.sidecar.state.orders.keys()).toEqual([
      {
        account,
        environment: 'demo',
        warnings: [],
        facts: expect.objectContaining({ canWithdraw: true, rights: ['read_only', 'trade', 'withdraw'] }),
        problem: {
          code: 'KEY_CAN_WITHDRAW',
          message: expect.stringContaining(account),
          remedy: expect.stringContaining('without the permission to withdraw'),
        },
      },
    ]);
    expect(desk.events()).toContainEqual(
      expect.objectContaining({ type: 'account.checked', canWithdraw: true }),
    );
    desk.fail('account/config', 'garbage');
    expect(await desk.box.sidecar.state.orders.keys()).toMatchObject([
      { problem: { code: 'ACCOUNT_UNCHECKED' } },
    ]);
  });

  test('where no real order can leave nobody asks, of keys that are no real ones not even later', async () => {
    desk = await startOrderBox({ mode: 'demo' }, {}, 'withdraw');
    await desk.box.sidecar.checkIdleKeys();
    expect(desk.taken).not.toContain('GET account/config');
    expect((await desk.place(limitOrder)).body.code).toBe('0');
  });
});

test('a real key that nothing trades with is asked about after the start: journaled, told when asked for, not refused', async () => {
  desk = await startOrderBox({ mode: 'readonly' }, {}, 'read_only', 'live');
  expect(desk.taken).not.toContain('GET account/config');
  await desk.box.sidecar.checkIdleKeys();
  const problem = `The account ${account} is set up as live, and OKX says that its key is not.`;
  expect(desk.box.journalText()).toContain(problem);
  expect(desk.box.journalText()).toContain('"account.checked"');
  expect(await desk.box.sidecar.state.orders.keys()).toMatchObject([
    { account, environment: 'live', problem: { code: 'KEY_OF_OTHER_ENVIRONMENT', message: problem } },
  ]);
});

test('that a key can withdraw stands among the warnings of the journal, wherever it is', async () => {
  const journaled: unknown[] = [];
  const held = {
    account: { id: 'one', venue: { title: 'Rich', hosts: [], admin: { keyFacts } }, environment: 'live' },
    journal: { append: (event: unknown) => journaled.push(event) },
  };
  const ask = async () => ({ isUnderstood: true, value: { canWithdraw: true } });
  await reportKeys([held as never], { ask: ask as never, nowMs: () => 0 });
  expect(journaled).toEqual([
    {
      type: 'account.checked',
      account: 'one',
      canWithdraw: true,
      warnings: [expect.stringContaining('can withdraw')],
    },
  ]);
});

test('a venue that answers something else leaves the account unchecked, and nothing starts', async () => {
  await expect(startOrderBox({ mode: 'propose' }, {}, '"}],"data":[{"x":"')).rejects.toMatchObject({
    code: 'ACCOUNT_UNCHECKED',
  });
});

test('a venue that tells nothing of its keys is said aloud', async () => {
  const journaled: unknown[] = [];
  const account = { id: 'one', venue: { title: 'Quiet', admin: {} }, environment: 'live', real: {} };
  const journal = { append: (event: unknown) => journaled.push(event) };
  const ask = () => {
    throw new Error('there is nothing to ask');
  };
  const warnings = await checkKeys([{ account, journal } as never], { ask, nowMs: () => 0 });
  expect(warnings).toEqual([
    'one: the venue does not say whether the key can withdraw: make sure that it cannot',
  ]);
  expect(journaled).toEqual([{ type: 'account.checked', account: 'one', warnings }]);
});

test('what is not refused and yet must be known', () => {
  const safe = { canWithdraw: false, canTrade: true, hasAddressLock: true, isSubAccount: true };
  expect(warningsOf(safe)).toEqual([]);
  expect(warningsOf({ ...safe, canTrade: false })).toHaveLength(1);
  for (const [venue, right] of [
    ['binance', 'enableInternalTransfer'],
    ['binance', 'permitsUniversalTransfer'],
    ['bybit', 'Wallet.AccountTransfer'],
    ['bybit', 'Wallet.SubMemberTransfer'],
  ]) {
    const moving = venues.find(({ id }) => id === venue)?.admin?.transferRights;
    expect(warningsOf({ ...safe, rights: ['enableReading', String(right)] }, 0, moving)).toEqual([
      `the key can move money out of the account: take ${right} from it`,
    ]);
    expect(warningsOf({ ...safe, rights: ['Wallet.SubMemberTransferList'] }, 0, moving)).toEqual([]);
  }
  expect(warningsOf({ ...safe, isSubAccount: false })).toEqual([expect.stringContaining('sub-account')]);
  expect(warningsOf({ ...safe, hasAddressLock: false })).toEqual([expect.stringContaining('address')]);
  expect(warningsOf({ ...safe, venueAccounts: ['A1'] })).toEqual([]);
  expect(warningsOf({ ...safe, venueAccounts: ['A1', 'B2'] })).toEqual([expect.stringContaining('A1, B2')]);
});

test.each([
  [9_000, 'apart'],
  [-9_000, 'apart'],
])('a clock %i ms off is said aloud and journaled', async (skewMs, word) => {
  const journaled: unknown[] = [];
  const account = {
    id: 'one',
    venue: { title: 'Late', admin: { serverTime: () => 'time' } },
    environment: 'live',
    real: {},
  };
  const journal = { append: (event: unknown) => journaled.push(event) };
  const ask = () => Promise.resolve({ isUnderstood: true, value: 1_000_000 + skewMs });
  const warnings = await checkKeys([{ account, journal } as never], {
    ask: ask as never,
    nowMs: () => 1_000_000,
  });
  expect(warnings).toContainEqual(expect.stringContaining(word));
  expect(journaled).toMatchObject([{ clockSkewMs: skewMs }]);
});

/** These tell no number of the account that a key is of. */
const silentOfAccounts = new Set(['kraken', 'kraken-futures']);

/** Checks an account of the venue against its paper dialect, whose clock is `offMs` ahead. */
async function checkAt(one: VenueCase, offMs: number) {
  const { ask } = venueDesk(one, { nowMs: () => Date.now() + offMs });
  const journaled: JournalEvent[] = [];
  const checked = {
    account: { id: 'one', venue: one.venue, environment: 'paper', real: {} },
    journal: { append: (event: JournalEvent) => journaled.push(event) },
  };
  const parts = {
    ask: async (_: unknown, call: VenueCall<unknown>) => ({ isUnderstood: true, value: ask(call) }),
    nowMs: () => Date.now(),
  };
  const done = checkKeys([checked as never], parts as never);
  return {
    error: await done.then(
      () => undefined,
      (error: unknown) => error,
    ),
    journaled,
  };
}

describe.each(everyCase.map((one) => [one.name, one] as const))('%s', (_, one) => {
  test.each([-600_000, 600_000])('a clock %i ms off lets no order leave, and is journaled', async (offMs) => {
    const { error, journaled } = await checkAt(one, offMs);
    expect(error).toMatchObject({
      code: 'CLOCK_SKEWED',
      message: expect.stringMatching(/(599|600|601) seconds (behind|ahead of)/),
      remedy: expect.stringContaining('Synchronise'),
    });
    expect(journaled).toMatchObject([{ type: 'account.checked', clockSkewMs: expect.any(Number) }]);
  });

  test('control: a clock that is right does; the account and the offset are told', async () => {
    const { error, journaled } = await checkAt(one, 0);
    expect(error).toBeUndefined();
    const [checked] = journaled.flatMap((event) => (event.type === 'account.checked' ? [event] : []));
    expect(checked).toMatchObject({ account: 'one', clockSkewMs: expect.any(Number) });
    expect(checked?.venueAccounts?.length ?? 0).toBe(silentOfAccounts.has(one.venue.id) ? 0 : 1);
  });
});

test('a clock that is off by what the way takes is not off', () => {
  expect(
    warningsOf({ canWithdraw: false, canTrade: true, hasAddressLock: true, isSubAccount: true }, 2_500),
  ).toEqual([]);
});
