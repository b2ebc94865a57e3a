import { expect, test } from 'vitest';
import { withClientOrderIds } from '../../../../src/venues/ibkr/client-order-ids.js';
import { requestOf } from '../../../support/venue-requests.js';

const stamp = (path: string, body: string, method = 'POST') => {
  let count = 0;
  const url = `https://api.ibkr.com/v1/api/${path}`;
  return withClientOrderIds(requestOf(method, url, [], body), () => `id${++count}`)?.body.toString();
};
const orders = 'iserver/account/DU1234567/orders';

test('orders without an id get one each, the others stay', () => {
  expect(stamp(orders, '{"orders":[{"conid":1},{"conid":2,"cOID":"mine"},{"conid":3}]}')).toBe(
    '{"orders":[{"conid":1,"cOID":"id1"},{"conid":2,"cOID":"mine"},{"conid":3,"cOID":"id2"}]}',
  );
  expect(stamp('iserver/account/DU1234567/order', '{"conid":1}')).toBe('{"conid":1,"cOID":"id1"}');
});

test.each([
  [orders, '{"orders":[{"cOID":"mine"}]}'],
  [orders, '[]'],
  [orders, 'no'],
  [orders, '{"orders":"no"}'],
  ['iserver/account/DU1234567/order/7', '{"conid":1}'],
  ['iserver/reply/7', '{"confirmed":true}'],
])('%s with %s stays as it is', (path, body) => {
  expect(stamp(path, body)).toBeUndefined();
});
