// What became of an order, of a spread's among them.
import { expect, test } from 'vitest';
import { findOrder } from '../../../../src/venues/bybit/order-state.js';

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const spread = { symbol: 'SOLUSDT_SOL/USDT', orderId: 's1', orderLinkId: 'mine1', side: 'Buy' };

test.each([
  ['by its symbol', { instrument: 'SOLUSDT_SOL/USDT', clientOrderId: 'mine1' }, 'orderLinkId=mine1'],
  [
    'by the operation',
    { instrument: '', operation: 'v5/spread/order/cancel', venueOrderId: 's1' },
    'orderId=s1',
  ],
  ['by our name of it', { instrument: '', venueOrderId: 'spread:s1' }, 'orderId=s1'],
])('an order of a spread is known %s, and found among the open ones and in the history', (_, name, query) => {
  const call = findOrder(at, name);
  expect(`${call.request.path}?${call.request.query}`).toBe(`/v5/spread/order/realtime?${query}`);
  const none = said({ retCode: 0, result: { list: [] } });
  const later = call.follow?.(call.read(none) ?? 'absent');
  expect(`${later?.request.path}?${later?.request.query}`).toBe(`/v5/spread/order/history?${query}`);
  const row = { ...spread, orderStatus: 'Cancelled', cumExecQty: '0.3', qty: '0.5' };
  const told = later?.read(said({ retCode: 0, result: { list: [row] } }));
  expect(told).toMatchObject({ state: 'canceled', venueOrderId: 's1', clientOrderId: 'mine1' });
  expect(typeof told === 'object' && String(told.filled)).toBe('0.3');
  expect(later?.follow?.(later.read(none) ?? 'absent')).toBeUndefined();
});
