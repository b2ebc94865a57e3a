import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { withClientOrderIds } from '../../../../src/venues/kraken/client-order-ids.js';

const makeId = () => 'tbxk3m7p2q0123456789abcdef';
const request = (path: string, type: string, body: string): HttpRequest => ({
  method: 'POST',
  host: 'api.kraken.com',
  port: 443,
  path,
  query: '',
  headers: [['content-type', type]],
  body: Buffer.from(body),
});
const stamped = (path: string, type: string, body: string) =>
  withClientOrderIds(request(path, type, body), makeId)?.body.toString();
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const id = makeId().slice(-18);

test('an order without an id gets one, in a form and in JSON, and each of a batch its own', () => {
  expect(stamped('/0/private/AddOrder', form, 'nonce=1&pair=XBTUSD')).toBe(
    `nonce=1&pair=XBTUSD&cl_ord_id=${id}`,
  );
  expect(stamped('/0/private/AddOrder', json, '{"nonce":1,"pair":"XBTUSD"}')).toBe(
    `{"nonce":1,"pair":"XBTUSD","cl_ord_id":"${id}"}`,
  );
  const batch = '{"nonce":1,"pair":"XBTUSD","orders":[{"price":"1"},{"price":"2","userref":7}]}';
  expect(stamped('/0/private/AddOrderBatch', json, batch)).toContain(
    `[{"price":"1","cl_ord_id":"${id}"},{"price":"2","userref":7}]`,
  );
});

test('an order with a name of its own keeps it, and nothing else is touched', () => {
  expect(stamped('/0/private/AddOrder', form, 'nonce=1&cl_ord_id=mine')).toBeUndefined();
  expect(stamped('/0/private/AddOrder', form, 'nonce=1&userref=7')).toBeUndefined();
  expect(stamped('/0/private/CancelOrder', form, 'nonce=1&txid=O1')).toBeUndefined();
});
