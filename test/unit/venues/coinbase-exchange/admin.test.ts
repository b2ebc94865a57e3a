import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/coinbase-exchange/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';
import { requestOf } from '../../../support/venue-requests.js';

testAdminOf('coinbase-exchange');

const at = { environment: 'live' } as const;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });

test('an order’s end is told by its reason, with what was paid for it', () => {
  const { read } = admin.findOrder(at, { instrument: 'BTC-USD', venueOrderId: 'a1' });
  const order = {
    id: 'a1',
    status: 'done',
    done_reason: 'canceled',
    filled_size: '2',
    executed_value: '7',
    fill_fees: '0.5',
  };
  const told = read(said(order));
  expect(told).toMatchObject({ state: 'canceled', venueOrderId: 'a1' });
  const { filled, averagePrice, fee } = told as Exclude<typeof told, 'absent' | undefined>;
  expect([filled, averagePrice!, fee!].map(formatDecimal)).toEqual(['2', '3.5', '0.5']);
  expect(read(said({ ...order, done_reason: 'filled' }))).toMatchObject({ state: 'filled' });
  expect(read(said({ ...order, status: 'active', filled_size: '0' }))).toMatchObject({ state: 'resting' });
  expect(read(said({ ...order, status: 'something new' }))).toBeUndefined();
  expect(read(said({ message: 'NotFound' }, 404))).toBe('absent');
  expect(read(said({ message: 'rate limit exceeded' }, 429))).toBeUndefined();
});

test('a cancel that came too late is one, an error is none, and silence is nothing', () => {
  const { request, read } = admin.cancelOrders(at, [
    { instrument: 'BTC-USD', venueOrderId: 'a1', kind: 'plain' },
  ]);
  expect([request.method, request.path]).toEqual(['DELETE', '/orders/a1']);
  expect(read(said('a1'))).toEqual({ canceled: 1, failed: 0 });
  expect(read(said(['a1']))).toEqual({ canceled: 1, failed: 0 });
  expect(read(said({ message: 'order not found' }, 404))).toEqual({ canceled: 1, failed: 0 });
  expect(read(said({ message: 'Order already done' }, 400))).toEqual({ canceled: 1, failed: 0 });
  expect(read(said({ message: 'invalid signature' }, 401))).toEqual({ canceled: 0, failed: 1 });
  expect(read(said({ message: 'Internal server error' }, 500))).toBeUndefined();
});

test('the id of an order without one is a UUID of its own, and only orders that can be found are covered', () => {
  const request = requestOf('POST', 'https://api.exchange.coinbase.com/orders', [], '{"side":"buy"}');
  const stamped = admin.withClientOrderIds?.(request, () => 'tbxabcdefg0123456789abcdef');
  expect(JSON.parse(String(stamped?.body))).toEqual({
    side: 'buy',
    client_oid: '74627800-0000-4000-8123-456789abcdef',
  });
  expect(admin.covers?.('orders')).toBe(true);
  expect(admin.covers?.('position/close')).toBe(false);
  expect(admin.readPlaced(said({ message: 'Internal server error' }, 500))).toBeUndefined();
  expect(admin.readPlaced(said({ id: 'a1', status: 'rejected', reject_reason: 'post only' }))).toMatchObject([
    { isAccepted: false, code: 'post only' },
  ]);
});
