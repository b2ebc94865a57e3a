// Binance on paper: the binance SDK unmodified, numbers that survive JSON, signatures and times as Binance judges them.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { MainClient } from 'binance';
import { describe, expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { accountRoutes } from '../../../../src/paper/binance/account.js';
import { numberOf, symbols } from '../../../../src/paper/binance/call.js';
import { binanceDialect } from '../../../../src/paper/binance/dialect.js';
import { marketRoutes } from '../../../../src/paper/binance/market-data.js';
import { orderRow } from '../../../../src/paper/binance/order-rows.js';
import { tradingRoutes } from '../../../../src/paper/binance/trading.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue, tradeWithCcxt } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'api.binance.com';

test('the SDK reads, places, cancels, and raises what Binance answers', async () => {
  const paper = paperVenue(binance);
  const client = new MainClient(
    { api_key: paper.secrets.apiKey!, api_secret: paper.secrets.secretKey!, beautifyResponses: false },
    { adapter: paper.adapter } as never,
  );
  const { bidPrice } = (await client.getSymbolOrderBookTicker({ symbol: 'BTCUSDT' })) as { bidPrice: string };
  const price = (Number(bidPrice) * 0.99).toFixed(1);
  const order = {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: 0.01,
  } as const;
  const placed = await client.submitNewOrder({ ...order, price: Number(price) });
  const [open] = await client.getOpenOrders({ symbol: 'BTCUSDT' });
  expect(open?.orderId).toBe(placed.orderId);
  expect(open).toMatchObject({ status: 'NEW', origQty: '0.01' });
  const instead = {
    ...order,
    quantity: 0.02,
    price: Number(price),
    cancelReplaceMode: 'STOP_ON_FAILURE',
  } as const;
  const replaced = await client.replaceOrder({ ...instead, cancelOrderId: placed.orderId });
  expect(replaced).toMatchObject({
    cancelResponse: { orderId: placed.orderId, status: 'CANCELED' },
    newOrderResponse: { status: 'NEW', origQty: '0.02' },
  });
  await expect(client.replaceOrder({ ...instead, cancelOrderId: placed.orderId })).rejects.toMatchObject({
    code: -2011,
  });
  const { orderId } = replaced.newOrderResponse as { orderId: number };
  const canceled = await client.cancelOrder({ symbol: 'BTCUSDT', orderId });
  expect(canceled).toMatchObject({ status: 'CANCELED', orderId });
  await expect(
    client.submitNewOrder({ ...order, quantity: 400, price: Number(price) }),
  ).rejects.toMatchObject({ code: -2010 });
});

test.each([
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
])('an account with an %s key: the SDK and ccxt trade, another key does not', async (_kind, makePair) => {
  const pem = () => makePair().privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const secretKey = pem();
  const paper = paperVenue(binance, undefined, { secretKey });
  const sdk = (secret: string) =>
    new MainClient({ api_key: paper.secrets.apiKey!, api_secret: secret, beautifyResponses: false }, {
      adapter: paper.adapter,
    } as never);
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: 0.01 } as const;
  expect(await sdk(secretKey).submitNewOrder(order)).toMatchObject({ status: 'FILLED' });
  await expect(sdk(pem()).submitNewOrder(order)).rejects.toMatchObject({ code: -1022 });
  const ccxt = (secret: string) => paper.connectCcxt({ apiKey: paper.secrets.apiKey, secret });
  await tradeWithCcxt(ccxt(secretKey), 'BTC/USDT');
  await expect(ccxt(pem()).fetchBalance()).rejects.toThrow('-1022');
});

test('the routes are those of Binance’s table', () => {
  const readsAt = (apiHost: string, api: RegExp) =>
    classesOf(
      binance,
      apiHost,
      [...accountRoutes.keys()].filter((name) => api.test(name)),
    );
  expect(readsAt(host, /^GET/)).toEqual(['read']);
  expect(classesOf(binance, host, tradingRoutes.keys())).toEqual(['amend', 'cancel', 'order', 'read']);
  expect([...marketRoutes.keys()].every((name) => name.startsWith('GET '))).toBe(true);
});

test('order numbers are whole in JSON and differ within a millisecond', () => {
  const ids = [...Array(4096).keys()].map((sequence) =>
    ((1_795_000_000_000n << 20n) + BigInt(sequence)).toString(),
  );
  const numbers = ids.map(numberOf);
  expect(numbers.every(Number.isSafeInteger)).toBe(true);
  expect(new Set(numbers).size).toBe(ids.length);
});

test('an order that the engine ended is expired, not canceled', () => {
  const engine = new Engine({ seed: 's', accounts: ['a'] });
  engine.advance(1_795_000_000_000);
  const instrument = symbols.need('BTCUSDT');
  const value = decimal('0.01');
  const price = engine.market.last(instrument, engine.second).minus(decimal('900'));
  const placed = engine.place('a', {
    symbol: instrument.symbol,
    side: 'buy',
    price,
    timeInForce: 'ioc',
    quantity: { value, unit: 'size' },
    reduceOnly: false,
    memo: {},
  });
  expect(placed.ok && orderRow(placed.order)).toMatchObject({ status: 'EXPIRED', executedQty: '0' });
});

describe('a signature', () => {
  const ask = (change: (query: URLSearchParams) => void, key?: string) => {
    const paper = paperVenue(binance);
    const query = new URLSearchParams({ timestamp: String(Date.now()) });
    change(query);
    const signature = createHmac('sha256', paper.secrets.secretKey!).update(query.toString()).digest('hex');
    const url = `https://${host}/api/v3/account?${query}&signature=${signature}`;
    const answer = paper.handle(requestOf('GET', url, [['X-MBX-APIKEY', key ?? paper.secrets.apiKey!]]));
    return { status: answer.status, ...(JSON.parse(answer.body.toString()) as { code?: number }) };
  };

  test('passes as sent', () => expect(ask(() => undefined).status).toBe(200));
  test.each([
    ['is too old', -1021, (q: URLSearchParams) => q.set('timestamp', String(Date.now() - 6000))],
    ['is of the future', -1021, (q: URLSearchParams) => q.set('timestamp', String(Date.now() + 3000))],
    ['wants too long a window', -1100, (q: URLSearchParams) => q.set('recvWindow', '60001')],
  ])('that %s is refused', (_name, code, change) => expect(ask(change).code).toBe(code));
  test('by an unknown key is refused', () =>
    expect(ask(() => undefined, 'k'.repeat(64))).toMatchObject({ status: 401, code: -2015 }));
});

test('what is not on paper says so, a withdrawal too, and what is no path is not found', () => {
  const paper = paperVenue(binance);
  const query = `timestamp=${Date.now()}`;
  const signature = createHmac('sha256', paper.secrets.secretKey!).update(query).digest('hex');
  const post = (path: string) =>
    paper.handle(
      requestOf('POST', `https://${host}${path}?${query}&signature=${signature}`, [
        ['X-MBX-APIKEY', paper.secrets.apiKey!],
      ]),
    );
  expect(post('/sapi/v1/capital/withdraw/apply').status).toBe(400);
  expect(post('/elsewhere').status).toBe(404);
  expect(binanceDialect.venue).toBe('binance');
});
