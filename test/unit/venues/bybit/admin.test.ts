import { expect, test } from 'vitest';
import { admin } from '../../../../src/venues/bybit/admin.js';
import { testAdminOf } from '../../../support/venue-admin.js';

testAdminOf('bybit');

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });

test('every list is asked for, and an order is cancelled in its own category', () => {
  const pages: string[] = [];
  let page: string | undefined;
  const list = [{ symbol: 'BTCUSD', orderId: 'x1', side: 'Buy' }];
  const answer = said({ retCode: 0, result: { list } });
  do {
    const call = admin.openOrders(at, page);
    pages.push(call.request.query);
    page = call.read(answer)?.next;
  } while (page !== undefined);
  expect(pages.map((query) => query.replace('&limit=50', ''))).toEqual([
    'category=spot',
    'category=linear&settleCoin=USDT',
    'category=linear&settleCoin=USDC',
    'category=inverse',
    'category=option',
  ]);
  const orders = admin.openOrders(at, 'category=inverse').read(answer)?.orders ?? [];
  expect(JSON.parse(String(admin.cancelOrders(at, orders).request.body))).toEqual({
    category: 'inverse',
    symbol: 'BTCUSD',
    orderId: 'x1',
  });
});

test('nothing is known of an order when Bybit says that it timed out', () => {
  expect(admin.readPlaced(said({ retCode: 10000, retMsg: 'Server Timeout', result: {} }))).toBeUndefined();
});

test('an answer that names no order is one to a cancel, and tells nothing of an order', () => {
  for (const answer of [
    { retCode: 0, result: [] },
    { retCode: 0, retMsg: 'success' },
  ]) {
    expect(admin.readPlaced(said(answer), true)).toEqual([{ isAccepted: true }]);
    expect(admin.readPlaced(said(answer))).toBeUndefined();
  }
  expect(admin.readPlaced(said({ retCode: 10000, result: [] }), true)).toBeUndefined();
  expect(admin.readPlaced(said({ retCode: 110001, result: [] }), true)).toEqual([
    { isAccepted: false, code: '110001' },
  ]);
});
