import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/hyperliquid/admin.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { testAdminOf } from '../../../support/venue-admin.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

testAdminOf('hyperliquid');

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const real = asReal(makeDecoys(hyperliquid));
const nowMs = 1_800_000_000_000;

/** Answers each step of a question in turn; gives the bodies that would leave and what came of it. */
function walk<T>(call: VenueCall<T>, answers: readonly unknown[]) {
  const sent: Record<string, unknown>[] = [];
  let value: T | undefined;
  let asked: VenueCall<T> | undefined = call;
  for (const answer of answers) {
    if (asked === undefined) break;
    const { request, isPublic } = asked;
    const signed = hyperliquid.sign(request, isPublic ? undefined : real, stampAt(nowMs));
    sent.push(JSON.parse(signed.body.toString()) as Record<string, unknown>);
    value = asked.read(said(answer));
    asked = value === undefined ? undefined : asked.follow?.(value);
  }
  return { sent, value, asked };
}

test('an API wallet is proven one, of the account whose address is given; the account’s own key can withdraw', () => {
  const facts = () => admin.keyFacts!(at);
  const account = real.accountAddress!.reveal();
  const agent = { role: 'agent', data: { user: account } };
  const { sent, value } = walk(facts(), [agent, { role: 'user' }]);
  expect(value).toEqual({
    canWithdraw: false,
    canTrade: true,
    venueAccounts: [account],
    rights: ['agent'],
  });
  expect(sent).toEqual([
    { type: 'userRole', user: expect.stringMatching(/^0x[0-9a-f]{40}$/) },
    { type: 'userRole', user: account },
  ]);
  expect(sent[0]?.user).not.toBe(account);
  expect(walk(facts(), [{ role: 'user' }]).value).toMatchObject({ canWithdraw: true, canTrade: true });
  expect(walk(facts(), [{ role: 'missing' }]).value).toEqual({ isOfEnvironment: false });
  for (const other of [{ role: 'vault' }, { role: 'agent' }, {}])
    expect(walk(facts(), [other]).value, JSON.stringify(other)).toBeUndefined();
  const stranger = { role: 'agent', data: { user: `0x${'ab'.repeat(20)}` } };
  expect(() => walk(facts(), [stranger, { role: 'user' }])).toThrow('approved by another account');
});

test('what rests is named with the number of its market, spot or perpetual, and cancelled by it', () => {
  const row = (coin: string, oid: number, side: string) => ({ coin, oid, side, cloid: null });
  const rows = [row('ETH', 7, 'A'), row('@107', 8, 'B'), row('xyz:GOLD', 9, 'B')];
  const { sent, value } = walk(admin.openOrders(at), [
    rows,
    { universe: [{ name: 'BTC' }, { name: 'ETH' }] },
    { universe: [{ name: '@107', index: 107 }] },
  ]);
  expect(sent.map(({ type }) => type)).toEqual(['frontendOpenOrders', 'meta', 'spotMeta']);
  const orders = value?.orders ?? [];
  expect(orders.map(({ venueOrderId, side }) => [venueOrderId, side])).toEqual([
    ['1:7', 'sell'],
    ['10107:8', 'buy'],
    ['?:9', 'buy'],
  ]);
  const gone = 'Order was never placed, already canceled, or filled. asset=1';
  const told = {
    status: 'ok',
    response: { type: 'cancel', data: { statuses: ['success', { error: gone }] } },
  };
  const cancelled = walk(admin.cancelOrders(at, orders), [told]);
  expect(cancelled.sent[0]?.action).toEqual({
    type: 'cancel',
    cancels: [
      { a: 1, o: 7 },
      { a: 10107, o: 8 },
    ],
  });
  // Of a market without a number nothing is claimed.
  expect(cancelled.value).toEqual({ canceled: 2, failed: 1 });
  expect(walk(admin.openOrders(at), [[]])).toMatchObject({ value: { orders: [] }, asked: undefined });
});

test('an order’s end is read in all of the venue’s words', () => {
  const order = { coin: 'BTC', oid: 5, origSz: '0.3', sz: '0.1', cloid: null };
  const stateOf = (status: string) =>
    walk(admin.findOrder(at, { instrument: 'BTC', venueOrderId: '0:5' }), [
      { status: 'order', order: { order, status, statusTimestamp: 1 } },
    ]).value;
  const told = stateOf('marginCanceled');
  expect(told).toMatchObject({ state: 'canceled', venueOrderId: '5' });
  expect(typeof told === 'object' ? formatDecimal(told.filled) : '').toBe('0.2');
  expect(stateOf('scheduledCancel')).toMatchObject({ state: 'canceled' });
  expect(stateOf('tickRejected')).toMatchObject({ state: 'rejected' });
  expect(stateOf('triggered')).toMatchObject({ state: 'resting' });
  expect(stateOf('something new')).toBeUndefined();
});

test('what filled an order is asked for from when it was placed, and only of one that was filled', () => {
  const find = (order: object) =>
    walk(admin.findOrder(at, { instrument: 'BTC', venueOrderId: '0:5' }), [
      {
        status: 'order',
        order: {
          order: { coin: 'BTC', oid: 5, origSz: '0.3', timestamp: 77, ...order },
          status: 'filled',
          statusTimestamp: 1,
        },
      },
      [{ oid: 5, sz: '0.3', px: '50000', fee: '4.5', feeToken: 'USDC' }],
    ]);
  const { sent, value } = find({ sz: '0.0' });
  expect(sent[1]).toMatchObject({ type: 'userFillsByTime', startTime: 77 });
  const { averagePrice, fee } = value as Exclude<typeof value, 'absent' | undefined>;
  expect([averagePrice, fee].map((each) => each && formatDecimal(each))).toEqual(['50000', '4.5']);
  expect(find({ sz: '0.3' }).sent).toHaveLength(1);
});

test('what was placed is read order by order, and a refused action is a refusal', () => {
  const answer = (statuses: unknown[]) =>
    said({ status: 'ok', response: { type: 'order', data: { statuses } } });
  const filled = { filled: { totalSz: '1', avgPx: '2', oid: 3 } };
  expect(
    admin.readPlaced(answer([{ resting: { oid: 2 } }, filled, 'waitingForFill', { error: 'No.' }])),
  ).toEqual([
    { isAccepted: true, venueOrderId: '2' },
    { isAccepted: true, venueOrderId: '3' },
    { isAccepted: true },
    { isAccepted: false, code: 'No.' },
  ]);
  expect(admin.readPlaced(answer([{ resting: {} }]))).toBeUndefined();
  expect(admin.readPlaced(said({ status: 'err', response: 'Must deposit' }))).toEqual([
    { isAccepted: false, code: 'Must deposit' },
  ]);
  expect(admin.readPlaced(said({ status: 'ok', response: { type: 'default' } }))).toEqual([
    { isAccepted: true },
  ]);
});

test('spot pairs have the quote that the venue’s list says, and unknown ones none', () => {
  const spotMeta = {
    universe: [{ name: '@3', tokens: [2, 1], index: 3 }],
    tokens: [
      { name: 'USDC', index: 0 },
      { name: 'USDH', index: 1 },
      { name: 'HYPE', index: 2 },
    ],
  };
  const meta = { universe: [{ name: 'BTC' }] };
  expect(walk(admin.contractTerms(at, '@3'), [meta, spotMeta]).value).toMatchObject({ quote: 'USDH' });
  expect(walk(admin.contractTerms(at, 'BTC'), [meta])).toMatchObject({
    value: { quote: 'USDC' },
    asked: undefined,
  });
  expect(walk(admin.contractTerms(at, '@9'), [meta, spotMeta]).value).toBeUndefined();
});

test('a position is closed by a reduce-only limit that fills at once', () => {
  const position = { instrument: 'ETH', quantity: decimal('-0.5') };
  const { sent, value } = walk(admin.closePosition!(at, position), [
    [
      {
        universe: [
          { name: 'BTC', szDecimals: 5 },
          { name: 'ETH', szDecimals: 4 },
        ],
      },
      [{ markPx: '92000' }, { markPx: '3101.7' }],
    ],
    {
      status: 'ok',
      response: {
        type: 'order',
        data: { statuses: [{ filled: { oid: 1, totalSz: '0.5', avgPx: '3101' } }] },
      },
    },
  ]);
  expect(value).toEqual({ isAccepted: true });
  expect(sent[1]?.action).toEqual({
    type: 'order',
    orders: [{ a: 1, b: true, p: '3256.8', s: '0.5', r: true, t: { limit: { tif: 'Ioc' } } }],
    grouping: 'na',
  });
});
