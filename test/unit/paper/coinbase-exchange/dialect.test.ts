// Coinbase Exchange on paper: coinbase-api unmodified, signatures and times as the venue judges them, in its shapes.
import { createHmac } from 'node:crypto';
import { CBExchangeClient } from 'coinbase-api';
import { expect, test } from 'vitest';
import { orderIdOf, products } from '../../../../src/paper/coinbase-exchange/call.js';
import { coinbaseExchangeDialect } from '../../../../src/paper/coinbase-exchange/dialect.js';
import { marketRoute } from '../../../../src/paper/coinbase-exchange/market-data.js';
import { orderRoute, orderRouteNames } from '../../../../src/paper/coinbase-exchange/orders.js';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const origin = 'https://api.exchange.coinbase.com';
const ownId = 'cbnode00000000-0000-4000-8000-00000000000a';

function connect() {
  const paper = paperVenue(coinbaseExchange);
  const { apiKey, secret, passphrase } = paper.secrets;
  const client = new CBExchangeClient({ apiKey: apiKey!, apiSecret: secret!, apiPassphrase: passphrase! }, {
    adapter: paper.adapter,
  } as never);
  return { paper, client };
}

type Shown = Record<string, string>;

test('the SDK reads, rests, finds and cancels an order', async () => {
  const { client } = connect();
  const accounts = (await client.getAccounts()) as unknown as Shown[];
  expect(accounts.find(({ currency }) => currency === 'USDT')).toMatchObject({
    balance: '100000',
    hold: '0',
  });
  const { bid } = (await client.getProductTicker({ product_id: 'BTC-USDT' })) as unknown as Shown;
  const price = (Number(bid) * 0.97).toFixed(1);
  const order = {
    type: 'limit',
    side: 'buy',
    product_id: 'BTC-USDT',
    price,
    size: '0.01',
    client_oid: ownId,
  } as const;
  const placed = (await client.submitOrder(order as never)) as unknown as Shown;
  expect(placed).toMatchObject({ status: 'open', size: '0.01', client_oid: ownId });
  const found = await client.getOrder({ order_id: placed.id! } as never);
  expect(found).toMatchObject({ id: placed.id, filled_size: '0' });
  await client.cancelOrder({ order_id: placed.id! } as never);
  expect(await client.getOrder({ order_id: placed.id! } as never)).toMatchObject({ done_reason: 'canceled' });
  await expect(client.submitOrder(order as never)).rejects.toMatchObject({
    body: { message: 'client_oid is already used' },
  });
});

function signedBy({ secrets, handle }: ReturnType<typeof paperVenue>) {
  return (
    target: string,
    {
      method = 'GET',
      body = '',
      ageSeconds = 0,
      secret = secrets.secret!,
      passphrase = secrets.passphrase!,
    } = {},
  ) => {
    const at = String(Math.floor(Date.now() / 1000) - ageSeconds);
    const sign = createHmac('sha256', Buffer.from(secret, 'base64'))
      .update(at + method + target + body)
      .digest('base64');
    const headers = [
      ['CB-ACCESS-KEY', secrets.apiKey!],
      ['CB-ACCESS-SIGN', sign],
      ['CB-ACCESS-TIMESTAMP', at],
      ['CB-ACCESS-PASSPHRASE', passphrase],
      ['Content-Type', 'application/json'],
    ] as const;
    const answer = handle(requestOf(method, `${origin}${target}`, headers, body));
    return { status: answer.status, body: JSON.parse(String(answer.body)) as Shown };
  };
}

test('a market order spends quote currency, all rests are cancelled at once, a stop is not on paper', () => {
  const call = signedBy(paperVenue(coinbaseExchange));
  const place = (order: object) => call('/orders', { method: 'POST', body: JSON.stringify(order) });
  const base = { side: 'buy', product_id: 'BTC-USDT' };
  const taken = place({ ...base, type: 'market', funds: '500' });
  expect(taken.body).toMatchObject({ status: 'done', done_reason: 'filled', funds: '500' });
  const last = Number(call('/products/BTC-USDT/stats').body.last);
  const limit = { ...base, type: 'limit', price: (last * 0.9).toFixed(1), size: '0.01' };
  expect(place(limit).status).toBe(200);
  expect(call('/orders?status=open&status=pending&status=active').body).toHaveLength(1);
  expect(call('/orders?product_id=BTC-USDT', { method: 'DELETE' }).body).toHaveLength(1);
  expect(call('/orders').body).toHaveLength(0);
  expect(place({ ...limit, stop: 'loss', stop_price: '1' })).toMatchObject({ status: 400 });
  expect(place({ ...limit, client_oid: 'no uuid' }).body).toEqual({ message: 'invalid client_oid' });
});

test.each([
  ['as it should be', {}, 200],
  ['too old', { ageSeconds: 60 }, 400],
  ['by another secret', { secret: Buffer.alloc(64, 1).toString('base64') }, 401],
  ['with another passphrase', { passphrase: 'x' }, 401],
])('a request %s', (_name, given, status) => {
  expect(signedBy(paperVenue(coinbaseExchange))('/accounts', given).status).toBe(status);
});

test('the routes are those of the table, and names are the venue’s', () => {
  expect(classesOf(coinbaseExchange, 'api.exchange.coinbase.com', orderRouteNames)).toEqual([
    'cancel',
    'order',
    'read',
  ]);
  expect(orderRouteNames.every((name) => orderRoute(name) !== undefined)).toBe(true);
  expect(marketRoute('/products')).toBeTypeOf('function');
  expect(marketRoute('/accounts')).toBeUndefined();
  expect(products.find('BTC-USDT')?.kind).toBe('spot');
  expect(orderIdOf({ id: '1' })).toMatch(/^[0-9a-f-]{36}$/);
  expect(coinbaseExchangeDialect.venue).toBe('coinbase-exchange');
});
