// What Bybit answers to orders, and the ids that orders leave with.
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { isTrouble, readPlaced, withClientOrderIds } from '../../../../src/venues/bybit/placed.js';

const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('an order of a spread without a client order id gets one; an amendment gets none', () => {
  const request = (path: string) =>
    ({ path, body: Buffer.from('{"symbol":"SOLUSDT_SOL/USDT"}') }) as HttpRequest;
  const stamped = withClientOrderIds(request('/v5/spread/order/create'), () => 'tbx1');
  expect(String(stamped?.body)).toBe('{"symbol":"SOLUSDT_SOL/USDT","orderLinkId":"tbx1"}');
  expect(withClientOrderIds(request('/v5/spread/order/amend'), () => 'tbx1')).toBeUndefined();
});

test('nothing is known of an order when Bybit says that it timed out', () => {
  expect(readPlaced(said({ retCode: 10000, retMsg: 'Server Timeout', result: {} }))).toBeUndefined();
});

test('an answer that names no order is one to a cancel, and tells nothing of an order', () => {
  for (const answer of [
    { retCode: 0, result: [] },
    { retCode: 0, retMsg: 'success' },
  ]) {
    expect(readPlaced(said(answer), true)).toEqual([{ isAccepted: true }]);
    expect(readPlaced(said(answer))).toBeUndefined();
  }
  expect(readPlaced(said({ retCode: 10000, result: [] }), true)).toBeUndefined();
  expect(readPlaced(said({ retCode: 110001, result: [] }), true)).toEqual([
    { isAccepted: false, code: '110001' },
  ]);
});

test('a fault of the venue is trouble, a refusal is none', () => {
  expect(isTrouble(said({ retCode: 10016 }))).toBe(true);
  expect(isTrouble(said({ retCode: 110001 }))).toBe(false);
});
