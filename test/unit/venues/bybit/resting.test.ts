// What rests at Bybit: every list asked for, each order cancelled where it is, spreads and their legs told apart.
import { expect, test } from 'vitest';
import { cancelOrders, openOrders } from '../../../../src/venues/bybit/resting.js';

const at = { environment: 'live' } as const;
const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const spread = { symbol: 'SOLUSDT_SOL/USDT', orderId: 's1', orderLinkId: 'mine1', side: 'Buy' };

test('every list is asked for, and an order is cancelled in its own category', () => {
  const pages: string[] = [];
  let page: string | undefined;
  const list = [{ symbol: 'BTCUSD', orderId: 'x1', side: 'Buy' }];
  const answer = said({ retCode: 0, result: { list } });
  do {
    const call = openOrders(at, page);
    pages.push(call.request.query);
    page = call.read(answer)?.next;
  } while (page !== undefined);
  expect(pages.map((query) => query.replace('&limit=50', ''))).toEqual([
    'category=spot',
    'category=linear&settleCoin=USDT',
    'category=linear&settleCoin=USDC',
    'category=inverse',
    'category=option',
    'limit=50',
  ]);
  const orders = openOrders(at, 'category=inverse').read(answer)?.orders ?? [];
  expect(JSON.parse(String(cancelOrders(at, orders).request.body))).toEqual({
    category: 'inverse',
    symbol: 'BTCUSD',
    orderId: 'x1',
  });
});

test('orders of spreads are listed last, and cancelled by their own call', () => {
  const call = openOrders(at, 'spread');
  expect(call.request).toMatchObject({ method: 'GET', path: '/v5/spread/order/realtime', query: 'limit=50' });
  const told = call.read(said({ retCode: 0, result: { list: [spread], nextPageCursor: 'n%3A1' } }));
  expect(told).toEqual({
    orders: [
      {
        instrument: 'SOLUSDT_SOL/USDT',
        venueOrderId: 'spread:s1',
        kind: 'plain',
        side: 'buy',
        clientOrderId: 'mine1',
      },
    ],
    next: 'spread|n%3A1',
  });
  expect(openOrders(at, told?.next).request.query).toBe('limit=50&cursor=n%253A1');
  const cancel = cancelOrders(at, told?.orders ?? []);
  expect(cancel.request.path).toBe('/v5/spread/order/cancel');
  expect(JSON.parse(String(cancel.request.body))).toEqual({ orderId: 's1' });
  expect(cancel.read(said({ retCode: 110001, result: {} }))).toEqual({ canceled: 1, failed: 0 });
});

test('an account that may not trade spreads has no orders there, and any other error proves nothing', () => {
  for (const retCode of [10005, 10024, 110110, 110111, 110112, 110113, 110132]) {
    const refused = said({ retCode, retMsg: 'no', result: {} });
    expect(openOrders(at, 'spread').read(refused)).toEqual({ orders: [] });
    expect(openOrders(at, 'category=inverse').read(refused)).toBeUndefined();
  }
  expect(openOrders(at, 'spread').read(said({ retCode: 10016, result: {} }))).toBeUndefined();
  expect(openOrders(at, 'spread').read(said({ retCode: 10001, result: {} }))).toBeUndefined();
});

test('demo trading, which has no spreads, is not asked for them', () => {
  const demo = { environment: 'demo' } as const;
  const option = openOrders(demo, 'category=option');
  expect(option.read(said({ retCode: 0, result: { list: [] } }))).toEqual({ orders: [] });
});

test('a leg of a spread is no order by itself: it goes with its spread alone', () => {
  const list = [
    { symbol: 'SOLUSDT', orderId: 'l1', side: 'Buy', createType: 'CreateByFutureSpread' },
    { symbol: 'SOLUSDT', orderId: 'l2', side: 'Buy', createType: 'CreateByUser' },
  ];
  const told = openOrders(at, 'category=spot').read(said({ retCode: 0, result: { list } }));
  expect(told?.orders).toMatchObject([{ venueOrderId: 'spot:l2' }]);
  // A page of nothing but legs is not the last.
  const legs = said({ retCode: 0, result: { list: list.slice(0, 1), nextPageCursor: 'c' } });
  expect(openOrders(at, 'category=spot').read(legs)).toEqual({ orders: [], next: 'category=spot|c' });
});
