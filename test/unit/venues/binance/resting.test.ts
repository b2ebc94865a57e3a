// What rests at Binance is listed book by book, and each order cancelled where it rests.
import { expect, test } from 'vitest';
import { usdm } from '../../../../src/venues/binance/books.js';
import { cancelOrders, isClosedTo, openOrders } from '../../../../src/venues/binance/resting.js';

const at = { environment: 'live' } as const;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const noPermission = said({ code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' }, 401);

test('every book is listed, and an order is cancelled in its own', () => {
  const rest = { symbol: 'BTCUSDT', orderId: 7, clientOrderId: 'a1', side: 'SELL' };
  const futures = openOrders(at, '/fapi/v1').read(said([rest]));
  expect(futures).toMatchObject({ next: '/dapi/v1', orders: [{ side: 'sell' }] });
  const { request } = cancelOrders(at, futures?.orders ?? []);
  expect(`${request.host}${request.path}?${request.query}`).toBe(
    'fapi.binance.com/fapi/v1/order?symbol=BTCUSDT&orderId=7',
  );
  // A key without the right to futures has nothing there; spot must answer.
  expect(openOrders(at, '/fapi/v1').read(noPermission)?.orders).toEqual([]);
  expect(openOrders(at).read(noPermission)).toBeUndefined();
});

test('conditional orders are lists of their own, before the books in which they are triggered', () => {
  const pages: (string | undefined)[] = [];
  for (let page: string | undefined, count = 0; count < 10; count += 1) {
    pages.push(page);
    page = openOrders(at, page).read(said([]))?.next;
    if (page === undefined) break;
  }
  expect(pages.slice(1)).toEqual([
    '/fapi/v1/algo',
    '/papi/v1/um/algo',
    '/fapi/v1',
    '/dapi/v1',
    '/papi/v1/um',
    '/papi/v1/cm',
  ]);
  const rows = [{ symbol: 'BTCUSDT', algoId: 9, clientAlgoId: 'c1', side: 'BUY' }];
  const listed = openOrders(at, '/papi/v1/um/algo');
  expect(`${listed.request.host}${listed.request.path}`).toBe(
    'papi.binance.com/papi/v1/um/algo/openAlgoOrders',
  );
  const orders = listed.read(said(rows))?.orders ?? [];
  expect(orders).toEqual([
    {
      instrument: 'BTCUSDT',
      venueOrderId: '/papi/v1/um/algo:9',
      kind: 'algo',
      side: 'buy',
      clientOrderId: 'c1',
    },
  ]);
  expect(listed.read(said([{ symbol: 'BTCUSDT', orderId: 9 }]))).toBeUndefined();
  const cancel = cancelOrders(at, orders);
  expect(`${cancel.request.method} ${cancel.request.path}?${cancel.request.query}`).toBe(
    'DELETE /papi/v1/um/algo/order?algoId=9',
  );
  expect(cancel.read(said({ algoId: 9, code: '200', msg: 'success' }))).toEqual({ canceled: 1, failed: 0 });
  expect(cancel.read(said({ code: -2011, msg: 'Unknown order sent.' }, 400))).toEqual({
    canceled: 1,
    failed: 0,
  });
  expect(cancel.read(said({ code: -1003, msg: 'Too many requests.' }, 429))).toEqual({
    canceled: 0,
    failed: 1,
  });
  expect(cancel.read(said({ code: '200', msg: 'success' }))).toEqual({ canceled: 0, failed: 1 });
  expect(isClosedTo(noPermission, usdm)).toBe(true);
});
