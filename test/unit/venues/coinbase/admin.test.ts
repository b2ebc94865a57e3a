import { expect, test } from 'vitest';
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
