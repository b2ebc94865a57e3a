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
  for (let page: string | undefined, count = 0; count < 20; count += 1) {
    pages.push(page);
    page = openOrders(at, page).read(said([]))?.next;
    if (page === undefined) break;
  }
  expect(pages.slice(1)).toEqual([
    '/fapi/v1/algo',
    '/dapi/v1/algo',
    '/papi/v1/um/algo',
    '/papi/v1/cm/conditional',
    '/fapi/v1',
    '/dapi/v1',
    '/sapi/v1/margin',
    '/papi/v1/um/conditional',
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

test('a deprecated list that Binance took away is empty, any other one that is not there proves nothing', () => {
  const gone = said({ code: -5000, msg: 'Path /papi/v1/um/conditional/openOrders is invalid.' }, 404);
  expect(openOrders(at, '/papi/v1/um/conditional').read(gone)).toMatchObject({ orders: [] });
  expect(openOrders(at, '/papi/v1/um').read(gone)).toBeUndefined();
  for (const list of ['/fapi/v1/algo', '/dapi/v1/algo', '/papi/v1/um/algo', '/papi/v1/cm/conditional'])
    expect(openOrders(at, list).read(gone)).toBeUndefined();
  const busy = said({ code: -1003, msg: 'Too many requests.' }, 429);
  expect(openOrders(at, '/papi/v1/um/conditional').read(busy)).toBeUndefined();
});

test('strategies are listed and cancelled with their symbol, margin orders at the margin account', () => {
  const rows = [{ symbol: 'BTCUSD_PERP', strategyId: 9, newClientStrategyId: 'c1', side: 'SELL' }];
  const orders = openOrders(at, '/papi/v1/cm/conditional').read(said(rows))?.orders ?? [];
  expect(orders).toMatchObject([
    { venueOrderId: '/papi/v1/cm/conditional:9', kind: 'algo', side: 'sell', clientOrderId: 'c1' },
  ]);
  const cancel = cancelOrders(at, orders);
  expect(`${cancel.request.method} ${cancel.request.path}?${cancel.request.query}`).toBe(
    'DELETE /papi/v1/cm/conditional/order?symbol=BTCUSD_PERP&strategyId=9',
  );
  expect(cancel.read(said({ strategyId: 9, strategyStatus: 'CANCELED' }))).toEqual({
    canceled: 1,
    failed: 0,
  });
  expect(cancel.read(said({ orderId: 9 }))).toEqual({ canceled: 0, failed: 1 });
  const noAccount = said({ code: -3003, msg: 'Margin account does not exist.' }, 400);
  expect(openOrders(at, '/sapi/v1/margin').read(noAccount)?.orders).toEqual([]);
  expect(openOrders(at).read(noAccount)).toBeUndefined();
  const margin = openOrders(at, '/sapi/v1/margin').read(
    said([{ symbol: 'BTCUSDT', orderId: 7, clientOrderId: 'a1', side: 'SELL' }]),
  );
  const { request } = cancelOrders(at, margin?.orders ?? []);
  expect(`${request.method} ${request.host}${request.path}?${request.query}`).toBe(
    'DELETE api.binance.com/sapi/v1/margin/order?symbol=BTCUSDT&orderId=7',
  );
});
