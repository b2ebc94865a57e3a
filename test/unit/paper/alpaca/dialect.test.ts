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
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'paper-api.alpaca.markets';

function desk() {
  const paper = paperVenue(alpaca);
  const call = (method: string, path: string, body?: object, secret = paper.secrets.secretKey!) => {
    const answer = paper.handle(
      requestOf(
        method,
        `https://${host}${path}`,
        [
          ['APCA-API-KEY-ID', paper.secrets.keyId!],
          ['APCA-API-SECRET-KEY', secret],
        ],
        body === undefined ? '' : JSON.stringify(body),
      ),
    );
    const text = answer.body.toString();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, string> };
  };
  return { ...paper, call };
}

const market = { symbol: 'BTC/USD', side: 'buy', type: 'market', time_in_force: 'gtc', notional: '500' };

test('the SDK reads the account', async () => {
  const paper = desk();
  const client = new Alpaca({
    keyId: paper.secrets.keyId!,
    secret: paper.secrets.secretKey!,
    paper: true,
    fetchApi: paper.fetchPaper as never,
  } as never) as unknown as { trading: { account: { getAccount(): Promise<{ cash: string }> } } };
  expect(await client.trading.account.getAccount()).toMatchObject({ cash: '100000', currency: 'USD' });
});

test('an order of dollars fills, and the position grows', () => {
  const { call } = desk();
  const before = call('GET', '/v2/positions/BTCUSD').body;
  const { status, body } = call('POST', '/v2/orders', { ...market, client_order_id: 'one' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ client_order_id: 'one', notional: '500', qty: null, type: 'market' });
  const found = call('GET', '/v2/orders:by_client_order_id?client_order_id=one').body;
  expect(Number(found.filled_qty)).toBeGreaterThan(0);
  expect(Number(call('GET', '/v2/positions/BTCUSD').body.qty)).toBeGreaterThan(Number(before.qty));
});

test.each([
  ['a stock', { symbol: 'AAPL' }, 422],
  ['a day order of crypto', { time_in_force: 'day' }, 422],
  ['a bracket', { stop_loss: { stop_price: '1' } }, 403],
  ['more than there is', { notional: '9000000' }, 403],
  ['quantity and dollars at once', { qty: '1' }, 422],
])('%s is refused', (_name, change, status) => {
  expect(desk().call('POST', '/v2/orders', { ...market, ...change }).status).toBe(status);
});

test('a replacement goes on under another id, by what it changes alone', () => {
  const { call } = desk();
  const limit = { ...market, type: 'limit', notional: undefined, qty: '0.01', limit_price: '50000' };
  const { id } = call('POST', '/v2/orders', limit).body;
  const replaced = call('PATCH', `/v2/orders/${id}`, { qty: '0.02' }).body;
  expect(replaced).toMatchObject({ replaces: id, qty: '0.02', limit_price: '50000', status: 'new' });
  expect(replaced.id).not.toBe(id);
  expect(call('PATCH', `/v2/orders/${replaced.id}`, { qty: '400' }).status).toBe(403);
  expect(call('PATCH', `/v2/orders/${replaced.id}`, { stop_price: '1' }).status).toBe(403);
  expect(call('PATCH', `/v2/orders/${id}`, { qty: '0.03' }).status).toBe(404);
  expect(call('GET', `/v2/orders/${replaced.id}`).body).toMatchObject({ qty: '0.02' });
  expect(call('DELETE', `/v2/orders/${replaced.id}`).status).toBe(204);
  expect(call('PATCH', `/v2/orders/${replaced.id}`, { qty: '0.03' }).status).toBe(422);
});

test('another secret is not authorized', () => {
  expect(desk().call('GET', '/v2/account', undefined, 's'.repeat(40)).status).toBe(401);
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
  expect(classesOf(alpaca, host, writes)).toEqual(['cancel', 'order']);
  expect(tradingRoute('POST', '/v2/wallets/transfers')).toBeUndefined();
  expect(desk().call('POST', '/v2/wallets/transfers', {}).status).toBe(403);
  const nothing = {} as Parameters<typeof accountRoute>[1];
  expect(accountRoute('/v2/wallets', nothing)).toBeUndefined();
  expect(marketRoute('/v2/account', nothing)).toBeUndefined();
  expect(assets.find('BTCUSD')).toBe(assets.find('BTC/USD'));
  expect(orderRow).toBeTypeOf('function');
  expect(alpacaDialect.venue).toBe('alpaca');
});
