// IBKR on paper by plain HTTP, signed here as ibind signs: contracts, orders, questions, amends, cancels, positions, refusals.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { accountRoutes, needOwn, ownRead } from '../../../../src/paper/ibkr/account.js';
import { authenticate } from '../../../../src/paper/ibkr/authentication.js';
import { orderNumberOf } from '../../../../src/paper/ibkr/call.js';
import { ibkrDialect } from '../../../../src/paper/ibkr/dialect.js';
import { listedRow } from '../../../../src/paper/ibkr/order-rows.js';
import { tradingRoute } from '../../../../src/paper/ibkr/trading.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

function connect() {
  const paper = paperVenue(ibkr);
  const { secrets } = paper;
  function authorize(method: string, url: string, atMs = Date.now()): string {
    const oauth: Record<string, string> = {
      oauth_consumer_key: secrets.consumerKey!,
      oauth_nonce: 'abcDEF0123456789',
      oauth_signature_method: 'HMAC-SHA256',
      oauth_timestamp: String(Math.floor(atMs / 1000)),
      oauth_token: secrets.accessToken!,
    };
    const list = Object.entries(oauth)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    const text = `${method}&${encodeURIComponent(url.split('?')[0]!)}&${encodeURIComponent(list)}`;
    const key = Buffer.from(secrets.liveSessionToken!, 'base64');
    const signature = encodeURIComponent(createHmac('sha256', key).update(text).digest('base64'));
    const fields = Object.entries({ ...oauth, oauth_signature: signature });
    return `OAuth realm="limited_poa", ${fields.map(([name, value]) => `${name}="${value}"`).join(', ')}`;
  }
  const ask = (method: string, target: string, body?: object, header?: readonly [string, string]) => {
    const url = `https://api.ibkr.com/v1/api/${target}`;
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = [header ?? (['Authorization', authorize(method, url)] as const)];
    if (text !== '') headers.push(['Content-Type', 'application/json']);
    const answer = paper.handle(requestOf(method, url, headers, text));
    return { status: answer.status, told: JSON.parse(answer.body.toString()) };
  };
  const [account] = ask('GET', 'iserver/accounts').told.accounts as string[];
  return { paper, ask, authorize, account: account ?? '' };
}

const limit = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'GTC', quantity: 3, price: 150 };

test('a contract is found, an order on it rests, changes, is seen and is cancelled', () => {
  const { ask, account } = connect();
  expect(account).toMatch(/^DU\d{7}$/);
  expect(ask('GET', 'iserver/secdef/search?symbol=AAPL').told).toMatchObject([{ conid: '265598' }]);
  expect(ask('GET', 'trsrv/secdef?conids=265598').told.secdef).toMatchObject([
    { ticker: 'AAPL', currency: 'USD' },
  ]);
  const [snapshot] = ask('GET', 'iserver/marketdata/snapshot?conids=265598&fields=31,84,86').told;
  expect(Number(snapshot[84])).toBeLessThan(Number(snapshot[86]));
  const history = (period: string, bar = '1min') =>
    ask('GET', `iserver/marketdata/history?conid=265598&period=${period}&bar=${bar}`);
  expect(history('10min').told).toMatchObject({ mdAvailability: 'S', barLength: 60, points: 10 });
  expect(history('2h').told.data).toHaveLength(120);
  for (const bad of ['31min', '9h', '0min', '1d']) expect(history(bad).status, bad).toBe(400);
  expect(history('10min', '5min').status).toBe(400);
  const own = `iserver/account/${account}`;
  const [placed] = ask('POST', `${own}/orders`, { orders: [{ ...limit, cOID: 'one' }] }).told;
  expect(placed).toMatchObject({ order_status: 'Submitted', local_order_id: 'one' });
  const id = Number(placed.order_id);
  expect(Number.isSafeInteger(id)).toBe(true);
  const [row] = ask('GET', `iserver/account/orders?accountId=${account}`).told.orders;
  expect(row).toMatchObject({
    orderId: id,
    order_ref: 'one',
    side: 'BUY',
    status: 'Submitted',
    price: '150',
    remainingQuantity: 3,
  });
  const [amended] = ask('POST', `${own}/order/${id}`, { ...limit, quantity: 2, price: 151.25 }).told;
  expect(amended.order_id).toBe(placed.order_id);
  expect(ask('GET', `iserver/account/order/status/${id}`).told).toMatchObject({
    limit_price: '151.25',
    total_size: '2',
    order_status: 'Submitted',
  });
  const twice = ask('POST', `${own}/orders`, { orders: [{ ...limit, cOID: 'one' }] });
  expect(twice).toMatchObject({
    status: 400,
    told: { error: expect.stringContaining('already registered') },
  });
  expect(ask('DELETE', `${own}/order/${id}`).told).toMatchObject({ order_id: id });
  expect(ask('DELETE', `${own}/order/${id}`).told.error).toContain("doesn't exist");
  expect(ask('GET', `iserver/account/order/status/${id}`).told.order_status).toBe('Cancelled');
  ask('POST', `${own}/orders`, { orders: [limit, { ...limit, price: 140 }] });
  ask('DELETE', `${own}/order/-1`);
  const states = ask('GET', 'iserver/account/orders').told.orders.map(
    ({ status }: { status: string }) => status,
  );
  expect(states).toEqual(['Cancelled', 'Cancelled', 'Cancelled']);
});

test('of two children that the market could fill at once one sells', () => {
  const { ask, account } = connect();
  const [snapshot] = ask('GET', 'iserver/marketdata/snapshot?conids=265598&fields=31,84,86').told;
  const parent = { ...limit, orderType: 'MKT', price: undefined, quantity: 10, cOID: 'parent' };
  const price = Math.round(Number(snapshot[84]) * 0.99);
  const child = { ...limit, side: 'SELL', price, quantity: 10, parentId: 'parent' };
  const held = { ...limit, orderType: 'MKT', price: undefined, quantity: 10 };
  ask('POST', `iserver/account/${account}/orders`, { orders: [held] });
  const placed = ask('POST', `iserver/account/${account}/orders`, { orders: [parent, child, child] }).told;
  const states = placed.map(({ order_status }: { order_status: string }) => order_status);
  expect(states).toEqual(['Filled', 'Filled', 'Cancelled']);
  expect(ask('GET', `portfolio/${account}/positions/0`).told).toMatchObject([{ position: 10 }]);
});

test('a large order is asked about, and placed once that is confirmed', () => {
  const { ask, account } = connect();
  const large = { orders: [{ ...limit, quantity: 400 }] };
  const place = () => ask('POST', `iserver/account/${account}/orders`, large).told[0];
  const question = place();
  expect(question).toMatchObject({ id: expect.any(String), message: [expect.stringContaining('exceeds')] });
  expect(ask('GET', 'iserver/account/orders').told.orders).toEqual([]);
  const [no] = ask('POST', `iserver/reply/${place().id}`, { confirmed: false }).told;
  expect(no.error).toContain('discarded');
  const [yes] = ask('POST', `iserver/reply/${question.id}`, { confirmed: true }).told;
  expect(yes).toMatchObject({ order_status: 'Submitted' });
  expect(ask('POST', `iserver/reply/${question.id}`, { confirmed: true }).status).toBe(400);
  expect(ask('GET', 'iserver/account/orders').told.orders).toHaveLength(1);
});

test('shares are bought, held and worth what they cost; beyond the account’s means nothing is', () => {
  const { ask, account } = connect();
  const market = { conid: 9599491, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 100 };
  const [filled] = ask('POST', `iserver/account/${account}/order`, market).told;
  expect(filled.order_status).toBe('Filled');
  expect(ask('GET', `portfolio2/${account}/positions`).told).toMatchObject([
    { conid: '9599491', position: 100 },
  ]);
  expect(ask('GET', 'portfolio/accounts').told[0].accountId).toBe(account);
  const { amount } = ask('GET', `portfolio/${account}/summary`).told.netliquidation;
  expect(amount).toBeGreaterThan(99_000);
  const { USD } = ask('GET', `portfolio/${account}/ledger`).told;
  expect(USD.cashbalance).toBeLessThan(100_000);
  const dear = ask('POST', `iserver/account/${account}/order`, { ...market, quantity: 90_000 });
  expect(dear).toMatchObject({ status: 400, told: { error: expect.stringContaining('insufficient') } });
});

test('only the account’s own signature or session opens it, and only itself', () => {
  const { paper, ask, authorize } = connect();
  const url = 'https://api.ibkr.com/v1/api/iserver/accounts';
  const with_ = (header: readonly [string, string]) =>
    ask('GET', 'iserver/accounts', undefined, header).status;
  expect(with_(['Cookie', `api=${paper.secrets.sessionToken}`])).toBe(200);
  expect(with_(['Cookie', 'api=other'])).toBe(401);
  expect(with_(['Authorization', ''])).toBe(401);
  expect(with_(['Authorization', authorize('POST', url)])).toBe(401);
  expect(with_(['Authorization', authorize('GET', url, Date.now() - 600_000)])).toBe(401);
  const other = connect();
  expect(with_(['Authorization', other.authorize('GET', url)])).toBe(401);
  expect(ask('GET', 'portfolio/DU9999999/summary').status).toBe(401);
  expect(ask('POST', 'iserver/account/DU9999999/orders', { orders: [limit] }).status).toBe(401);
  expect(ask('GET', 'iserver/scanner/params').status).toBe(501);
  expect(ibkrDialect.venue).toBe('ibkr');
  for (const part of [authenticate, needOwn, ownRead, listedRow, orderNumberOf, tradingRoute])
    expect(part).toBeTypeOf('function');
  expect(accountRoutes.size).toBeGreaterThan(5);
});
