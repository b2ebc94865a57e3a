// Alpaca on paper: its own SDK unmodified on a crypto pair; the key pair, refusals and positions in Alpaca's shapes.
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { expect, test } from 'vitest';
import { accountRoute } from '../../../../src/paper/alpaca/account.js';
import { assets } from '../../../../src/paper/alpaca/call.js';
import { alpacaDialect } from '../../../../src/paper/alpaca/dialect.js';
import { marketRoute } from '../../../../src/paper/alpaca/market-data.js';
import { orderRow } from '../../../../src/paper/alpaca/order-rows.js';
import { tradingRoute } from '../../../../src/paper/alpaca/trading.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { alpacaDesk, alpacaHost } from '../../../support/alpaca-desk.js';
import { classesOf } from '../../../support/paper-routes.js';

const market = { symbol: 'BTC/USD', side: 'buy', type: 'market', time_in_force: 'gtc', notional: '500' };

test('the SDK reads the account', async () => {
  const paper = alpacaDesk();
  const client = new Alpaca({
    keyId: paper.secrets.keyId!,
    secret: paper.secrets.secretKey!,
    paper: true,
    fetchApi: paper.fetchPaper as never,
  } as never) as unknown as { trading: { account: { getAccount(): Promise<{ cash: string }> } } };
  expect(await client.trading.account.getAccount()).toMatchObject({ cash: '100000', currency: 'USD' });
});

test('an order of dollars fills, and the position grows', () => {
  const { call } = alpacaDesk();
  const before = call('GET', '/v2/positions/BTCUSD').body;
  const { status, body } = call('POST', '/v2/orders', { ...market, client_order_id: 'one' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ client_order_id: 'one', notional: '500', qty: null, type: 'market' });
  const found = call('GET', '/v2/orders:by_client_order_id?client_order_id=one').body;
  expect(Number(found.filled_qty)).toBeGreaterThan(0);
  expect(Number(call('GET', '/v2/positions/BTCUSD').body.qty)).toBeGreaterThan(Number(before.qty));
});

test.each([
  ['a stock that is not listed', { symbol: 'ZZZZ' }, 422],
  ['a part of a share', { symbol: 'AAPL', notional: undefined, qty: '0.5' }, 422],
  ['a stop of a pair', { type: 'stop', notional: undefined, qty: '1', stop_price: '1' }, 422],
  ['a day order of crypto', { time_in_force: 'day' }, 422],
  ['a bracket of a pair', { order_class: 'bracket', stop_loss: { stop_price: '1' } }, 422],
  ['exits of no class', { stop_loss: { stop_price: '1' } }, 422],
  ['more than there is', { notional: '9000000' }, 403],
  ['quantity and dollars at once', { qty: '1' }, 422],
])('%s is refused', (_name, change, status) => {
  expect(alpacaDesk().call('POST', '/v2/orders', { ...market, ...change }).status).toBe(status);
});

test('a path whose escapes stand for no text is refused', () => {
  const { call } = alpacaDesk();
  for (const [method, family] of [
    ['GET', 'positions'],
    ['GET', 'assets'],
    ['DELETE', 'positions'],
  ] as const)
    expect(call(method, `/v2/${family}/%ff`).status).toBe(422);
});

test('a replacement goes on under another id, by what it changes alone', () => {
  const { call } = alpacaDesk();
  const limit = { ...market, type: 'limit', notional: undefined, qty: '0.01', limit_price: '50000' };
  const { id } = call('POST', '/v2/orders', limit).body;
  const replaced = call('PATCH', `/v2/orders/${id}`, { qty: '0.02' }).body;
  expect(replaced).toMatchObject({ replaces: id, qty: '0.02', limit_price: '50000', status: 'new' });
  expect(replaced.id).not.toBe(id);
  expect(call('PATCH', `/v2/orders/${replaced.id}`, { qty: '400' }).status).toBe(403);
  expect(call('PATCH', `/v2/orders/${replaced.id}`, { stop_price: '1' }).status).toBe(422);
  expect(call('PATCH', `/v2/orders/${id}`, { qty: '0.03' }).status).toBe(404);
  expect(call('GET', `/v2/orders/${replaced.id}`).body).toMatchObject({ qty: '0.02' });
  expect(call('DELETE', `/v2/orders/${replaced.id}`).status).toBe(204);
  expect(call('PATCH', `/v2/orders/${replaced.id}`, { qty: '0.03' }).status).toBe(422);
});

test('a bracket shows its legs where it is asked for, held until the entry is filled, and ends as one', () => {
  const { call } = alpacaDesk();
  const last = Number(priceOf(call('GET', '/v2/stocks/AAPL/snapshot').body));
  const price = (share: number) => String(Number((last * share).toFixed(2)));
  const entry = { symbol: 'AAPL', side: 'buy', qty: '3', time_in_force: 'day' };
  const exits = { take_profit: { limit_price: price(1.3) }, stop_loss: { stop_price: price(0.7) } };
  const limit = { ...entry, type: 'limit', limit_price: price(0.97), order_class: 'bracket', ...exits };
  const placed = call('POST', '/v2/orders', limit).body as unknown as { id: string; legs: object[] };
  expect(placed.legs).toMatchObject([
    { type: 'limit', status: 'held', side: 'sell', order_class: 'bracket' },
    { type: 'stop', status: 'held', stop_price: price(0.7) },
  ]);
  const list = (query: string) => call('GET', `/v2/orders?${query}`).body as unknown as object[];
  expect(list('status=open')).toHaveLength(3);
  expect(list('status=open&nested=true')).toMatchObject([{ id: placed.id, legs: [{}, {}] }]);
  // The legs are as large as the entry.
  const changed = call('PATCH', `/v2/orders/${placed.id}`, { qty: '2' });
  expect(changed.status).toBe(200);
  expect(list('status=open')).toMatchObject([{ qty: '2' }, { qty: '2' }, { qty: '2' }]);
  expect(call('DELETE', `/v2/orders/${changed.body.id}`).status).toBe(204);
  expect(list('status=open')).toEqual([]);

  call('POST', '/v2/orders', { ...limit, type: 'market', limit_price: undefined });
  const [stop, profit] = list('status=open') as { id: string; status: string }[];
  expect([stop!.status, profit!.status]).toEqual(['held', 'new']);
  const moved = call('PATCH', `/v2/orders/${stop!.id}`, { stop_price: price(0.8) }).body;
  expect(moved).toMatchObject({ stop_price: price(0.8), status: 'held' });
  expect(call('DELETE', `/v2/orders/${profit!.id}`).status).toBe(204);
  expect(list('status=open')).toEqual([]);
});

test('shares held are sold by an oco or a trailing stop', () => {
  const { call } = alpacaDesk();
  const last = Number(priceOf(call('GET', '/v2/stocks/AAPL/snapshot').body));
  call('POST', '/v2/orders', { symbol: 'AAPL', side: 'buy', qty: '5', type: 'market', time_in_force: 'day' });
  expect(call('GET', '/v2/positions/AAPL').body).toMatchObject({ qty: '5', asset_class: 'us_equity' });
  const sale = { symbol: 'AAPL', side: 'sell', qty: '2', time_in_force: 'gtc' };
  const oco = call('POST', '/v2/orders', {
    ...sale,
    type: 'limit',
    order_class: 'oco',
    take_profit: { limit_price: (last * 1.3).toFixed(2) },
    stop_loss: { stop_price: (last * 0.7).toFixed(2) },
  }).body;
  expect(oco).toMatchObject({ order_class: 'oco', type: 'limit', status: 'new', legs: [{ type: 'stop' }] });
  const trailing = { ...sale, type: 'trailing_stop', trail_percent: '5' };
  const { body } = call('POST', '/v2/orders', trailing);
  expect(body).toMatchObject({ type: 'trailing_stop', trail_percent: '5', trail_price: null });
  expect(Number(body.stop_price)).toBeCloseTo(Number(body.hwm) * 0.95, 1);
  expect(call('POST', '/v2/orders', { ...trailing, trail_price: '1' }).status).toBe(422);
  expect(
    call('POST', '/v2/orders', { ...sale, type: 'market', position_intent: 'sell_to_open' }).status,
  ).toBe(422);
});

const priceOf = (snapshot: unknown) => (snapshot as { latestTrade: { p: number } }).latestTrade.p;

test('another secret is not authorized', () => {
  expect(alpacaDesk().call('GET', '/v2/account', undefined, 's'.repeat(40)).status).toBe(401);
});

test('the routes are those of Alpaca’s table; funds are not on paper', () => {
  const writes = [
    'POST /v2/orders',
    'DELETE /v2/orders',
    'DELETE /v2/orders/0f0f0f0f-0f0f-4f0f-af0f-0f0f0f0f0f0f',
  ];
  expect(writes.every((name) => tradingRoute(...(name.split(' ') as [string, string])) !== undefined)).toBe(
    true,
  );
  expect(classesOf(alpaca, alpacaHost, writes)).toEqual(['cancel', 'order']);
  expect(tradingRoute('POST', '/v2/wallets/transfers')).toBeUndefined();
  expect(alpacaDesk().call('POST', '/v2/wallets/transfers', {}).status).toBe(403);
  const nothing = {} as Parameters<typeof accountRoute>[1];
  expect(accountRoute('/v2/wallets', nothing)).toBeUndefined();
  expect(marketRoute('/v2/account', nothing)).toBeUndefined();
  expect(assets.find('BTCUSD')).toBe(assets.find('BTC/USD'));
  expect(orderRow).toBeTypeOf('function');
  expect(alpacaDialect.venue).toBe('alpaca');
});
