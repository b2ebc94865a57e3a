import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/coinbase/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('coinbase');

test('a client order id is looked for page by page before the order is absent', () => {
  const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
  const first = admin.findOrder({ environment: 'live' }, { instrument: 'BTC-USD', clientOrderId: 'a1' });
  const value = first.read(said({ orders: [], has_next: true, cursor: 'c2' }));
  const next = value === undefined ? undefined : first.follow?.(value);
  expect(next?.request.query).toContain('cursor=c2');
  expect(next?.read(said({ orders: [], has_next: false, cursor: '' }))).toBe('absent');
});

test('a close whose answer tells nothing may have been taken', () => {
  const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
  const position = { instrument: 'BIT-28JUL26-CDE', quantity: decimal('1') };
  const call = admin.closePosition?.({ environment: 'live' }, position);
  expect(call?.read(said({ success: true, success_response: { order_id: 'a' } }))).toEqual({
    isAccepted: true,
  });
  expect(call?.read(said({ success: false }))).toEqual({ isAccepted: false });
  expect(call?.read(said({ error: 'INVALID_ARGUMENT' }, 400))).toEqual({ isAccepted: false });
  for (const lost of [said({}), said({ error: 'INTERNAL' }, 500)]) expect(call?.read(lost)).toBeUndefined();
});
