// Alpaca against ccxt and its own SDK: substitution, classes, refusals; and attempts to slip something past.
// Nothing is signed here, so there is no vector: a key and its secret, or a token, stand in headers.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Alpaca, orders as build, errors } from '@alpacahq/alpaca-trade-api';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../../src/core/http.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { credential, fieldNames } from '../../../../src/venues/alpaca/credential.js';
import { hosts } from '../../../../src/venues/alpaca/hosts.js';
import { classify, operations } from '../../../../src/venues/alpaca/operations.js';
import { refuse } from '../../../../src/venues/alpaca/refusal.js';
import { authenticate, sign } from '../../../../src/venues/alpaca/substitution.js';
import {
  type CcxtCall,
  captureOne,
  ccxtEndpoints,
  ccxtWire,
  classifyEndpoints,
  fundsWords,
  isRetryable,
  raisedBy,
} from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(alpaca);
const config = { apiKey: decoy.keyId, secret: decoy.secretKey };
const accepted: HttpAnswer = { status: 200, headers: [], body: Buffer.from('{}') };
type ClientOptions = ConstructorParameters<typeof Alpaca>[0];

/** The SDK with its `fetch` taken away: what it sends, and what it makes of the answer. */
function sdk(options: ClientOptions, answer: HttpAnswer = accepted) {
  const sent: HttpRequest[] = [];
  const fetchApi = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = Object.entries(init.headers as Record<string, string>);
    sent.push(requestOf(init.method ?? 'GET', url, headers, typeof init.body === 'string' ? init.body : ''));
    return new Response(answer.body.toString(), {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    });
  };
  const client = new Alpaca({ rateLimit: false, ...options, fetchApi: fetchApi as never } as never);
  return { client, sent };
}

const keyHeaders = (headers: HttpRequest['headers']) =>
  Object.fromEntries(
    headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => /^(apca-api-|authorization)/.test(name)),
  );

const ccxtCalls: [string, CcxtCall, 'live' | 'demo'][] = [
  ['a read', (x) => x.traderPrivateGetV2Account(), 'live'],
  [
    'an order',
    (x) =>
      x.traderPrivatePostV2Orders({
        symbol: 'AAPL',
        qty: '1',
        side: 'buy',
        type: 'market',
        time_in_force: 'day',
      }),
    'live',
  ],
  [
    'a replacement',
    (x) =>
      x.traderPrivatePatchV2OrdersOrderId({ order_id: '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10', qty: '2' }),
    'live',
  ],
  ['market data', (x) => x.marketPrivateGetV2StocksBars({ symbols: 'AAPL,MSFT', timeframe: '1Day' }), 'live'],
];

test.each(ccxtCalls)("ccxt's decoy is accepted and replaced: %s", async (_, call, environment) => {
  const sent = await captureOne(ccxtWire('alpaca', config), call);
  expect(authenticate(sent, decoy)).toEqual({ kind: 'valid' });
  const real = makeDecoys(alpaca);
  const expected = await captureOne(ccxtWire('alpaca', { apiKey: real.keyId, secret: real.secretKey }), call);
  const signed = sign(
    sent,
    asReal({ keyId: real.keyId!, secretKey: real.secretKey! }),
    stampAt(1, environment),
  );
  expect(keyHeaders(signed.headers)).toEqual(keyHeaders(expected.headers));
  expect([signed.path, signed.query, signed.body.toString()]).toEqual([
    expected.path,
    expected.query,
    expected.body.toString(),
  ]);
});

const token = { accessToken: decoy.accessToken! };
const pair = { keyId: decoy.keyId!, secret: decoy.secretKey! };

test.each<[string, ClientOptions]>([
  ['a key pair', pair],
  ['an OAuth token', token],
])("the SDK's decoy is accepted and replaced by whatever the real credential is: %s", async (_, options) => {
  const { client, sent } = sdk({ ...options, paper: true });
  await client.trading.orders
    .bracket({
      symbol: 'AAPL',
      qty: 1,
      side: 'buy',
      takeProfit: { limitPrice: 200 },
      stopLoss: { stopPrice: 100 },
    })
    .catch(() => undefined);
  await client.trading.positions.getAllOpenPositions().catch(() => undefined);
  expect(sent.length).toBe(2);
  const real = makeDecoys(alpaca);
  for (const request of sent) {
    expect(request.host).toBe('paper-api.alpaca.markets');
    expect(authenticate(request, decoy), request.path).toEqual({ kind: 'valid' });
    const byKey = sign(
      request,
      asReal({ keyId: real.keyId!, secretKey: real.secretKey! }),
      stampAt(1, 'demo'),
    );
    expect(keyHeaders(byKey.headers)).toEqual({
      'apca-api-key-id': real.keyId,
      'apca-api-secret-key': real.secretKey,
    });
    const byToken = sign(request, asReal({ accessToken: real.accessToken! }), stampAt(1, 'demo'));
    expect(keyHeaders(byToken.headers)).toEqual({ authorization: `Bearer ${real.accessToken}` });
    expect(byKey.body.toString()).toBe(request.body.toString());
  }
});

test('half a pair, both ways at once, another value or another scheme is refused', () => {
  const url = 'https://api.alpaca.markets/v2/account';
  const id = ['APCA-API-KEY-ID', decoy.keyId!] as const;
  const secret = ['APCA-API-SECRET-KEY', decoy.secretKey!] as const;
  const bearer = ['Authorization', `Bearer ${decoy.accessToken}`] as const;
  const basic = Buffer.from(`${decoy.keyId}:${decoy.secretKey}`).toString('base64');
  const bad: Record<string, HttpRequest> = {
    'the id alone': requestOf('GET', url, [id]),
    'the secret alone': requestOf('GET', url, [secret]),
    'both ways': requestOf('GET', url, [id, secret, bearer]),
    'the id twice': requestOf('GET', url, [id, ['apca-api-key-id', 'x'], secret]),
    'another id': requestOf('GET', url, [['APCA-API-KEY-ID', makeDecoys(alpaca).keyId!], secret]),
    'another secret': requestOf('GET', url, [id, ['APCA-API-SECRET-KEY', makeDecoys(alpaca).secretKey!]]),
    'another token': requestOf('GET', url, [['Authorization', `Bearer ${makeDecoys(alpaca).accessToken}`]]),
    'a key as token': requestOf('GET', url, [['Authorization', `Bearer ${decoy.secretKey}`]]),
    Basic: requestOf('GET', url, [['Authorization', `Basic ${basic}`]]),
    'lower-case bearer': requestOf('GET', url, [['Authorization', `bearer ${decoy.accessToken}`]]),
    'a body on a GET': requestOf('GET', url, [id, secret], '{}'),
    'a body on a DELETE': requestOf('DELETE', 'https://api.alpaca.markets/v2/orders', [id, secret], '{}'),
    'a compressed body': requestOf('POST', url, [id, secret, ['Content-Encoding', 'gzip']], 'x'),
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(authenticate(requestOf('GET', url, [id, secret]), decoy)).toEqual({ kind: 'valid' });
  expect(authenticate(requestOf('GET', url), decoy)).toEqual({ kind: 'none' });
});

test('nothing real goes to another host, environment, or a denied operation (S5, S7, D9)', () => {
  const attempt =
    (url: string, environment: 'live' | 'demo', method = 'GET') =>
    () =>
      sign(requestOf(method, url), asReal(decoy), stampAt(1, environment));
  expect(attempt('https://api.alpaca.markets/v2/account', 'live')).not.toThrow();
  expect(attempt('https://paper-api.alpaca.markets/v2/account', 'demo')).not.toThrow();
  expect(attempt('https://data.alpaca.markets/v2/stocks/bars', 'demo')).not.toThrow();
  expect(attempt('https://api.alpaca.markets/v2/account', 'demo')).toThrow('host');
  expect(attempt('https://paper-api.alpaca.markets/v2/account', 'live')).toThrow('host');
  expect(attempt('https://broker-api.alpaca.markets/v1/accounts', 'live')).toThrow('host');
  expect(attempt('https://api.alpaca.markets/v2/wallets/transfers', 'live', 'POST')).toThrow('funds');
  expect(attempt('https://api.alpaca.markets/v2/watchlists', 'live', 'POST')).toThrow('unknown');
  expect(() => sign(requestOf('GET', 'https://api.alpaca.markets/v2/account'), {}, stampAt(1))).toThrow(
    'keyId',
  );
});

test("the classes of ccxt's whole API map are the committed ones, and no funds endpoint is allowed (S7)", async () => {
  const sample = (name: string) =>
    ({ loc: 'us', symbol: 'AAPL', market_type: 'stocks', ticktype: 'trade', activity_type: 'FILL' })[name] ??
    '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10';
  const outcome = classifyEndpoints(alpaca, ccxtEndpoints(ccxtWire('alpaca', config).exchange, sample));
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/alpaca.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      // Words of funds inside other words.
      const text = row.replace(/calendar|movers/, '');
      expect(text, kind).not.toMatch(new RegExp(`${fundsWords.source}|broker|token`, 'i'));
    }
  }
});

test("every path of the SDK's trading API is in the table, but for what is left out on purpose", () => {
  const root = path.join(
    path.dirname(require.resolve('@alpacahq/alpaca-trade-api/package.json')),
    'src/trading/apis',
  );
  const calls = readdirSync(root).flatMap((file) => [
    ...readFileSync(path.join(root, file), 'utf8').matchAll(
      /let urlPath = `([^`]+)`[\s\S]{0,400}?method: '(\w+)'/g,
    ),
  ]);
  expect(calls.length).toBeGreaterThan(40);
  const values: Record<string, string> = { activity_type: 'FILL', market: 'NYSE', symbol: 'AAPL' };
  const unknown = calls.flatMap(([, template = '', method = '']) => {
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) =>
      /symbol/.test(name) ? 'AAPL' : (values[name] ?? '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10'),
    );
    const found = classify({ host: 'api.alpaca.markets', method, path: filled, query: '' });
    return found.class === 'unknown' ? [`${method} ${template}`] : [];
  });
  expect(unknown.filter((row) => !/watchlists|v2beta1/.test(row))).toEqual([]);
  expect(operations().length).toBeGreaterThan(60);
});

test('a size in the query counts only where a position is closed', () => {
  const of = (method: string, target: string, query: string) =>
    classify({ host: 'api.alpaca.markets', method, path: target, query }).class;
  expect(of('DELETE', '/v2/positions/AAPL', 'qty=1')).toBe('order');
  expect(of('DELETE', '/v2/positions/BTC%2FUSD', 'percentage=50')).toBe('order');
  expect(of('POST', '/v2/orders', 'qty=1')).toBe('unknown');
  expect(of('DELETE', '/v2/orders', 'x=1')).toBe('unknown');
  expect(of('GET', '/v2/orders', 'a=1&a=2')).toBe('unknown');
});

const refusal = { code: 'DENIED', message: 'no orders in this box', requestId: 'r-1' };

test('ccxt raises a refusal as ExchangeError, which nobody retries', async () => {
  for (const call of [ccxtCalls[0]![1], ccxtCalls[1]![1]]) {
    const raised = await raisedBy('alpaca', config, refuse(refusal), call);
    expect(raised).toBeInstanceOf(ccxt.ExchangeError);
    expect(raised).not.toBeInstanceOf(ccxt.ExchangeNotAvailable);
    expect(isRetryable(raised)).toBe(false);
    expect(raised.message).toContain('no orders in this box');
  }
});

test('the SDK raises a refusal as ValidationError and asks once', async () => {
  const { client, sent } = sdk(pair, refuse(refusal));
  const raised = await client.trading.orders
    .postOrder({ postOrderRequest: build.buildMarketOrder({ symbol: 'AAPL', qty: 1, side: 'buy' }) })
    .catch((thrown: unknown) => thrown);
  expect(raised).toBeInstanceOf(errors.ValidationError);
  expect((raised as Error).message).toContain('no orders in this box');
  await client.trading.account.getAccount().catch(() => undefined);
  expect(sent).toHaveLength(2);
});

test('a token stands in for the pair; decoys look like paper keys', () => {
  expect(credential.find(({ name }) => name === fieldNames.token)).toMatchObject({
    isOptional: true,
    insteadOf: ['keyId', 'secretKey'],
  });
  expect(decoy.keyId).toMatch(/^PK[A-Z0-9]{18}$/);
});

test('no host serves live and demo, but for market data', () => {
  const both = hosts.filter(
    ({ environments }) => environments.includes('live') && environments.includes('demo'),
  );
  expect(both.map(({ host }) => host)).toEqual(['data.alpaca.markets', 'stream.data.alpaca.markets']);
});
