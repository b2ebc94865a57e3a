// Bybit signatures against ccxt and the bybit-api SDK, and attempts to get something else signed.
// No published vector exists: Bybit's guide ("Create A Request") shows signatures without the secret they are of (looked:
// bybit-exchange.github.io/docs/v5/guide, November 2026).
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { RestClientV5 } from 'bybit-api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { authenticate, sign } from '../../../../src/venues/bybit/signature.js';
import { axiosWire } from '../../../support/axios-wire.js';
import { type CcxtCall, captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(bybit);
const nowMs = 1_800_000_000_123;
const order = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '0.01',
  price: '50000',
};

const rsaPem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
  .trim();
const keys: Record<string, Record<string, string>> = {
  'HMAC key': makeDecoys(bybit),
  'RSA key': { ...makeDecoys(bybit), secretKey: rsaPem },
};

beforeEach(() => {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function ccxtSends(credential: Record<string, string>, call: CcxtCall): Promise<HttpRequest> {
  const wire = ccxtWire('bybit', { apiKey: credential.apiKey, secret: credential.secretKey });
  wire.exchange.nonce = () => nowMs;
  return captureOne(wire, call);
}

const authOf = ({ headers }: Pick<HttpRequest, 'headers'>) =>
  Object.fromEntries(
    headers
      .map(([name, value]) => [name.toUpperCase(), value] as const)
      .filter(([name]) => name.startsWith('X-BAPI-') && name !== 'X-BAPI-SIGN-TYPE'),
  );

describe.each(Object.entries(keys))('re-signed with an %s', (_, real) => {
  test.each<[string, CcxtCall]>([
    ['a read', (x) => x.privateGetV5AccountWalletBalance({ accountType: 'UNIFIED' })],
    ['a read without parameters', (x) => x.privateGetV5UserQueryApi()],
    ['an order', (x) => x.privatePostV5OrderCreate({ ...order, positionIdx: 0, reduceOnly: true })],
    ['a batch', (x) => x.privatePostV5OrderCreateBatch({ category: 'linear', request: [order] })],
    ['a cancel', (x) => x.privatePostV5OrderCancel({ category: 'spot', symbol: 'BTCUSDT', orderId: '1' })],
  ])('ccxt: %s', async (_name, call) => {
    const sent = await ccxtSends(decoy, call);
    expect(authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    const signed = sign(sent, asReal(real), stampAt(nowMs));
    const expected = await ccxtSends(real, call);
    expect(signed.body.toString()).toBe(expected.body.toString());
    expect(signed.query).toBe(expected.query);
    expect(authOf(signed)).toEqual(authOf(expected));
  });

  test('bybit-api', async () => {
    const call = async (credential: Record<string, string>) => {
      const wire = axiosWire();
      const client = new RestClientV5(
        { key: credential.apiKey!, secret: credential.secretKey!, recv_window: 9000 },
        { adapter: wire.adapter as never },
      );
      await client.getWalletBalance({ accountType: 'UNIFIED', coin: 'BTC,ETH' });
      await client.submitOrder({ ...order, positionIdx: 1 } as never);
      await client.cancelAllOrders({ category: 'linear', settleCoin: 'USDT' });
      return wire.sent;
    };
    const sent = await call(decoy);
    const expected = await call(real);
    expect(sent.map(({ path }) => path)).toEqual([
      '/v5/account/wallet-balance',
      '/v5/order/create',
      '/v5/order/cancel-all',
    ]);
    for (const [index, request] of sent.entries()) {
      expect(authenticate(request, decoy), request.path).toEqual({ kind: 'valid' });
      const signed = sign(request, asReal(real), stampAt(nowMs));
      expect(authOf(signed), request.path).toEqual(authOf(expected[index]!));
      expect(signed.body.toString()).toBe(expected[index]!.body.toString());
    }
  });
});

const url = 'https://api.bybit.com/v5/order/create';
const json = ['Content-Type', 'application/json'] as const;
const hmac = (text: string) => createHmac('sha256', decoy.secretKey!).update(text).digest('hex');
const headersFor = (covered: string, timestamp = String(nowMs), recvWindow = '5000') =>
  [
    ['X-BAPI-API-KEY', decoy.apiKey!],
    ['X-BAPI-TIMESTAMP', timestamp],
    ['X-BAPI-RECV-WINDOW', recvWindow],
    ['X-BAPI-SIGN', hmac(`${timestamp}${decoy.apiKey}${recvWindow}${covered}`)],
  ] as const;

test('what the decoy did not sign, or nobody could read one way only, is refused', () => {
  const body = JSON.stringify(order);
  const good = [...headersFor(body), json];
  const without = (name: string) => good.filter(([header]) => header !== name);
  const bad: Record<string, HttpRequest> = {
    'another body': requestOf('POST', url, good, body.replace('0.01', '10')),
    'another key': requestOf(
      'POST',
      url,
      [...without('X-BAPI-API-KEY'), ['X-BAPI-API-KEY', makeDecoys(bybit).apiKey!]],
      body,
    ),
    'no key': requestOf('POST', url, without('X-BAPI-API-KEY'), body),
    'no signature': requestOf('POST', url, without('X-BAPI-SIGN'), body),
    'no timestamp': requestOf('POST', url, without('X-BAPI-TIMESTAMP'), body),
    'only a recv window': requestOf('POST', url, [['X-BAPI-RECV-WINDOW', '5000']], body),
    'a signature twice': requestOf('POST', url, [...good, ['x-bapi-sign', 'x']], body),
    'a query on a POST': requestOf('POST', `${url}?qty=9`, good, body),
    'a body on a GET': requestOf('GET', url, [...headersFor(''), json], body),
    'a time in seconds': requestOf('POST', url, [...headersFor(body, '1800000000'), json], body),
    'a window with a sign': requestOf('POST', url, [...headersFor(body, String(nowMs), '-1'), json], body),
    'a compressed body': requestOf('POST', url, [...good, ['Content-Encoding', 'gzip']], body),
    'an upper-case signature': requestOf(
      'POST',
      url,
      [...without('X-BAPI-SIGN'), ['X-BAPI-SIGN', 'A'.repeat(64)]],
      body,
    ),
  };
  const otherKey = makeDecoys(bybit).apiKey!;
  bad['another key that the decoy secret signed'] = requestOf(
    'POST',
    url,
    [
      ...good.filter(([header]) => !/KEY|SIGN/.test(header)),
      ['X-BAPI-API-KEY', otherKey],
      ['X-BAPI-SIGN', hmac(`${nowMs}${otherKey}5000${body}`)],
    ],
    body,
  );
  for (const [name, request] of Object.entries(bad)) {
    expect(authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(authenticate(requestOf('POST', url, good, body), decoy)).toEqual({ kind: 'valid' });
  expect(authenticate(requestOf('POST', url, [json], body), decoy)).toEqual({ kind: 'none' });
});

test('a missing recv window is what was signed, and Bybit gets its default', () => {
  const timestamp = String(nowMs);
  const request = requestOf('GET', 'https://api.bybit.com/v5/order/realtime?category=spot', [
    ['X-BAPI-API-KEY', decoy.apiKey!],
    ['X-BAPI-TIMESTAMP', timestamp],
    ['X-BAPI-SIGN', hmac(`${timestamp}${decoy.apiKey}category=spot`)],
  ]);
  expect(authenticate(request, decoy)).toEqual({ kind: 'valid' });
  const signed = sign(request, asReal(decoy), stampAt(nowMs));
  expect(signed.headers).toContainEqual([
    'X-BAPI-SIGN',
    hmac(`${timestamp}${decoy.apiKey}5000category=spot`),
  ]);
});

test('what is sent is what was parsed: white space goes, numbers stay as written', () => {
  const body = '{ "category": "linear",\n "qty": 1.50, "positionIdx": 0 }';
  const signed = sign(requestOf('POST', url, [json], body), asReal(decoy), stampAt(nowMs));
  expect(signed.body.toString()).toBe('{"category":"linear","qty":1.50,"positionIdx":0}');
  expect(signed.headers).toContainEqual([
    'X-BAPI-SIGN',
    hmac(`${nowMs}${decoy.apiKey}5000${signed.body.toString()}`),
  ]);
});

test('nothing is signed for another host, environment, or a denied operation (S5, S7, D9)', () => {
  const attempt = (target: string, environment: 'live' | 'demo') => () =>
    sign(requestOf('POST', target, [json], '{}'), asReal(decoy), stampAt(1, environment));
  expect(attempt(url, 'live')).not.toThrow();
  expect(attempt('https://api-demo.bybit.com/v5/order/create', 'demo')).not.toThrow();
  expect(attempt(url, 'demo')).toThrow('host');
  expect(attempt('https://api-testnet.bybit.com/v5/order/create', 'live')).toThrow('host');
  expect(attempt('https://api.bybit.com.evil.example/v5/order/create', 'live')).toThrow('host');
  expect(attempt('https://api.bybit.com/v5/asset/withdraw/create', 'live')).toThrow('funds');
  expect(attempt('https://api.bybit.com/v5/nothing', 'live')).toThrow('unknown');
});

test('a public call goes up without key and signature', () => {
  const request = requestOf('GET', 'https://api.bybit.com/v5/market/time', [
    ...headersFor(''),
    ['User-Agent', 'x'],
  ]);
  expect(sign(request, undefined, stampAt(1)).headers).toEqual([['user-agent', 'tradebox']]);
});
