import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { admin } from '../../../../src/venues/kraken-futures/admin.js';
import { ask, open, post } from '../../../../src/venues/kraken-futures/calls.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { paths } from '../../../../src/venues/kraken-futures/operations.js';
import { testAdminOf } from '../../../support/venue-admin.js';
import { requestOf } from '../../../support/venue-requests.js';

testAdminOf('kraken-futures');

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const success = (more: object) => said({ result: 'success', ...more });

test('a key’s lock is a list of networks that are not every network', () => {
  const facts = (transfer: string, allowedCidrBlocks: string[]) =>
    admin.keyFacts?.(at).read(said({ permissions: { general: 'READ_ONLY', transfer }, allowedCidrBlocks }));
  expect(facts('READ_ONLY', ['10.0.0.0/8'])).toEqual({
    canWithdraw: false,
    canTrade: false,
    hasAddressLock: true,
    rights: ['general READ_ONLY', 'transfer READ_ONLY'],
  });
  expect(facts('FULL_ACCESS', ['0.0.0.0/0'])).toMatchObject({ canWithdraw: true, hasAddressLock: false });
  expect(admin.keyFacts?.(at).read(said({ permissions: {}, allowedCidrBlocks: [] }))).toBeUndefined();
});

test('an order that ended longer ago is found among the events, newest first', () => {
  const find = (elements: object[], name: { clientOrderId?: string; venueOrderId?: string }) => {
    const call = admin.findOrder(at, { instrument: 'PF_XBTUSD', ...name });
    const first = call.read(success({ orders: [] }));
    const next = call.follow?.(first!) as VenueCall<NonNullable<typeof first>>;
    expect(krakenFutures.classify(next.request)).toMatchObject({ class: 'read' });
    expect(next.request.query).toContain('tradeable=PF_XBTUSD');
    return next.read(said({ elements }));
  };
  const order = (clientId: string, quantity: string, filled: string) => ({
    uid: `u-${clientId}`,
    clientId,
    quantity,
    filled,
  });
  const events = [
    { event: { OrderCancelled: { order: order('b', '1', '0'), reason: 'cancelled_by_user' } } },
    {
      event: {
        OrderUpdated: { newOrder: order('a', '0', '2'), oldOrder: order('a', '1', '1'), reason: 'full_fill' },
      },
    },
    { event: { OrderPlaced: { order: order('a', '2', '0'), reason: 'new_user_order' } } },
    { event: { OrderPlaced: { order: order('c', '2', '0'), reason: 'new_user_order' } } },
    { event: { OrderRejected: { order: order('d', '2', '0'), reason: 'post_order_failed' } } },
  ];
  const filled = find(events, { clientOrderId: 'a' });
  expect(filled).toMatchObject({ state: 'filled', venueOrderId: 'u-a', clientOrderId: 'a' });
  expect(typeof filled === 'object' ? formatDecimal(filled.filled) : '').toBe('2');
  expect(find(events, { venueOrderId: 'u-b' })).toMatchObject({ state: 'canceled' });
  expect(find(events, { clientOrderId: 'd' })).toMatchObject({ state: 'rejected' });
  // Placed, and neither resting nor ended: nothing is known.
  expect(find(events, { clientOrderId: 'c' })).toBeUndefined();
  expect(find(events, { clientOrderId: 'e' })).toBe('absent');
});

test('positions are signed, and inverse contracts are told apart', () => {
  const told = admin.positions(at).read(
    success({
      openPositions: [
        { side: 'short', symbol: 'pf_xbtusd', size: 0.5 },
        { side: 'long', symbol: 'PI_XBTUSD', size: 7 },
      ],
    }),
  );
  expect(told?.map(({ instrument, quantity }) => [instrument, formatDecimal(quantity)])).toEqual([
    ['PF_XBTUSD', '-0.5'],
    ['PI_XBTUSD', '7'],
  ]);
  const instruments = [
    { symbol: 'PI_XBTUSD', type: 'futures_inverse', contractSize: 1 },
    { symbol: 'PF_XBTUSD', type: 'flexible_futures', contractSize: 1, quote: 'USD' },
    { symbol: 'in_xbtusd', type: 'spot index' },
  ];
  const terms = (name: string) => admin.contractTerms(at, name).read(success({ instruments }));
  expect(terms('PI_XBTUSD')).toMatchObject({ isInverse: true, quote: 'USD' });
  expect(terms('PF_XBTUSD')).toMatchObject({ isInverse: false, quote: 'USD' });
  expect(terms('IN_XBTUSD')).toBeUndefined();
});

test('ids go into a batch’s orders alone, and nothing but its own parameters is written', () => {
  const json =
    'json={"batchOrder":[{"order":"send","size":1},{"order":"cancel","order_id":"o-1"},{"order":"send","cliOrdId":"own"}]}';
  const request = requestOf('POST', `https://futures.kraken.com${paths.batch}`, [], json);
  const stamped = admin.withClientOrderIds?.(request, () => 'tbx1');
  expect(stamped?.body.toString()).toBe(
    'json={"batchOrder":[{"order":"send","size":1,"cliOrdId":"tbx1"},{"order":"cancel","order_id":"o-1"},{"order":"send","cliOrdId":"own"}]}',
  );
  const edit = requestOf('POST', `https://futures.kraken.com${paths.edit}`, [], 'orderId=1');
  expect(admin.withClientOrderIds?.(edit, () => 'tbx1')).toBeUndefined();
});

test('calls go to the host of their environment', () => {
  const demo = { environment: 'demo' } as const;
  expect(ask(demo, 'accounts')).toMatchObject({
    isPublic: false,
    request: { host: 'demo-futures.kraken.com', path: '/derivatives/api/v3/accounts' },
  });
  expect(open(at, 'tickers').isPublic).toBe(true);
  expect(String(post(at, paths.cancel, { order_id: 'a b' }).request.body)).toBe('order_id=a%20b');
});
