// Binance signatures against ccxt, the `binance` SDK and Binance's published vectors, and attempts to get something else signed.
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { CoinMClient, MainClient, PortfolioClient, USDMClient } from 'binance';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { needsKeyOnly } from '../../../../src/venues/binance/operations.js';
import { readParameters } from '../../../../src/venues/binance/parameters.js';
import { axiosWire } from '../../../support/axios-wire.js';
import { type CcxtCall, captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(binance);
const nowMs = 1_800_000_000_123;
const order = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.01',
  price: '50000',
};

const pem = (kind: 'ed25519' | 'rsa') =>
  (kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ed25519')
  ).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
    .trim();

const keys: Record<string, Record<string, string>> = {
  'HMAC key': makeDecoys(binance),
  'Ed25519 key': { ...makeDecoys(binance), secretKey: pem('ed25519') },
  'RSA key': { ...makeDecoys(binance), secretKey: pem('rsa') },
};

beforeEach(() => {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What ccxt itself would send with this credential at the frozen time. */
function ccxtSends(credential: Record<string, string>, call: CcxtCall): Promise<HttpRequest> {
  const wire = ccxtWire('binance', { apiKey: credential.apiKey, secret: credential.secretKey });
  wire.exchange.nonce = () => nowMs;
  return captureOne(wire, call);
}

const ccxtCalls: Record<string, CcxtCall> = {
  'a spot read': (x) => x.privateGetAccount({ recvWindow: 5000 }),
  'a spot order': (x) => x.privatePostOrder({ ...order, newClientOrderId: 'a-1' }),
  'a cancel': (x) => x.privateDeleteOrder({ symbol: 'BTCUSDT', orderId: '12' }),
  'a wallet read': (x) => x.sapiV3PostAssetGetUserAsset({ asset: 'BTC' }),
  'a margin order': (x) => x.sapiPostMarginOrder({ ...order, isIsolated: 'TRUE' }),
  'a USDⓈ-M order': (x) => x.fapiPrivatePostOrder({ ...order, newClientOrderId: 'a-2', reduceOnly: 'true' }),
  'a USDⓈ-M amendment': (x) =>
    x.fapiPrivatePutOrder({ symbol: 'BTCUSDT', side: 'BUY', quantity: '1', price: '2' }),
  'a COIN-M order': (x) =>
    x.dapiPrivatePostOrder({ ...order, symbol: 'BTCUSD_PERP', newClientOrderId: 'a-3' }),
  'an option order': (x) =>
    x.eapiPrivatePostOrder({ ...order, symbol: 'BTC-261225-60000-C', newClientOrderId: 'a' }),
  'a portfolio margin order': (x) => x.papiPostUmOrder({ ...order, newClientOrderId: 'a-4' }),
  'a value to be escaped': (x) => x.privateGetMyTrades({ symbol: 'BTC USDT/+"é' }),
};

describe.each(Object.entries(keys))('re-signed with an %s', (_, real) => {
  test.each(Object.entries(ccxtCalls))('ccxt: %s', async (_name, call) => {
    const sent = await ccxtSends(decoy, call);
    expect(binance.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    const signed = binance.sign({ ...sent }, asReal(real), stampAt(nowMs));
    const expected = await ccxtSends(real, call);
    expect(`${signed.query}|${signed.body}`).toBe(`${expected.query}|${expected.body}`);
    expect(signed.headers).toContainEqual(['X-MBX-APIKEY', real.apiKey]);
    expect(JSON.stringify([signed.headers, signed.query, `${signed.body}`])).not.toContain(decoy.apiKey);
  });

  test('the binance SDK: everything in the query', async () => {
    const call = async (credential: Record<string, string>) => {
      const wire = axiosWire();
      const options = { api_key: credential.apiKey!, api_secret: credential.secretKey! };
      const network = { adapter: wire.adapter as never };
      await new MainClient(options, network).submitNewOrder({
        ...order,
        newClientOrderId: 'x-U5D79M5B1',
      } as never);
      await new MainClient(options, network).getAccountInformation();
      await new USDMClient(options, network).submitNewOrder({
        ...order,
        newClientOrderId: 'x-15PC4ZJy1',
      } as never);
      await new CoinMClient(options, network).cancelOrder({ symbol: 'BTCUSD_PERP', orderId: 5 } as never);
      await new PortfolioClient(options, network).getBalance();
      return wire.sent;
    };
    const sent = await call(decoy);
    const expected = await call(real);
    expect(sent).toHaveLength(5);
    for (const [index, request] of sent.entries()) {
      expect(binance.authenticate(request, decoy), request.path).toEqual({ kind: 'valid' });
      const signed = binance.sign(request, asReal(real), stampAt(nowMs));
      expect(signed.query, request.path).toBe(expected[index]!.query);
      expect(signed.body).toHaveLength(0);
    }
  });
});

test("ccxt's raw JSON batch is accepted and signed in canonical form", async () => {
  const call: CcxtCall = (x) =>
    x.fapiPrivatePostBatchOrders({ batchOrders: [{ ...order, newClientOrderId: 'b-1' }] });
  const sent = await ccxtSends(decoy, call);
  expect(sent.body.toString()).toContain('[{"symbol"');
  expect(binance.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
  const real = makeDecoys(binance);
  const signed = binance.sign(sent, asReal(real), stampAt(nowMs + 5));
  const [payload = '', signature] = signed.body.toString().split('&signature=');
  expect(createHmac('sha256', real.secretKey!).update(payload).digest('hex')).toBe(signature);
  const fields = new URLSearchParams(payload);
  expect(JSON.parse(fields.get('batchOrders')!)).toEqual([{ ...order, newClientOrderId: 'b-1' }]);
  expect(fields.get('timestamp')).toBe(String(nowMs + 5));
});

// binance-spot-api-docs rest-api.md "HMAC Keys": the documented key, written so that no scanner takes it for a live one.
const published = {
  apiKey: ['vmPUZE6mv9SD5VNHk4HlWFsO', 'r6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A'].join(''),
  secretKey: ['NhqPtmdSJYdKjVHjA7PZj4Mg', 'e3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j'].join(''),
  nowMs: 1499827319559,
  vectors: [
    ['LTCBTC', 'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71'],
    [
      '%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96',
      'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3',
    ],
  ],
} as const;

test.each(published.vectors)("Binance's documented signature for %s is ours", (symbol, signature) => {
  const query = `symbol=${symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=`;
  const request = requestOf('POST', `https://api.binance.com/api/v3/order?${query}1&signature=0`);
  const real = asReal({ apiKey: published.apiKey, secretKey: published.secretKey });
  const signed = binance.sign(request, real, stampAt(published.nowMs));
  expect(signed.query).toBe(`${query}${published.nowMs}&signature=${signature}`);
  const documented = requestOf('POST', `https://api.binance.com/api/v3/order?${signed.query}`, [
    ['X-MBX-APIKEY', published.apiKey],
  ]);
  expect(
    binance.authenticate(documented, { apiKey: published.apiKey, secretKey: published.secretKey }),
  ).toEqual({ kind: 'valid' });
});

const headers = [['X-MBX-APIKEY', decoy.apiKey!]] as const;
const form = [...headers, ['Content-Type', 'application/x-www-form-urlencoded']] as const;
const url = 'https://api.binance.com/api/v3/order';
const hmac = (payload: string) => createHmac('sha256', decoy.secretKey!).update(payload).digest('hex');
const signedQuery = (payload: string) => `${payload}&signature=${hmac(payload)}`;

test('parameters may stand in both places; the signature covers query and body without a separator', () => {
  const query = 'symbol=BTCUSDT&side=BUY';
  const body = `quantity=1&timestamp=${nowMs}`;
  const request = requestOf('POST', `${url}?${query}`, form, `${body}&signature=${hmac(query + body)}`);
  expect(binance.authenticate(request, decoy)).toEqual({ kind: 'valid' });
  const signed = binance.sign(request, asReal(decoy), stampAt(7));
  expect(signed.query).toBe('');
  expect(signed.body.toString()).toBe(signedQuery(`${query}&quantity=1&timestamp=7`));
});

test('an upper-case HMAC, a microsecond timestamp and a signature in front are accepted', () => {
  for (const query of [
    `a=1&timestamp=${nowMs}&signature=${hmac(`a=1&timestamp=${nowMs}`).toUpperCase()}`,
    signedQuery(`a=1&timestamp=${nowMs}000`),
    `signature=${hmac(`a=1&timestamp=${nowMs}`)}&a=1&timestamp=${nowMs}`,
    signedQuery(`recvWindow=59999.999&timestamp=${nowMs}`),
  ]) {
    expect(binance.authenticate(requestOf('GET', `${url}?${query}`, headers), decoy), query).toEqual({
      kind: 'valid',
    });
  }
});

test('what the decoy did not sign, or nobody could read one way only, is refused', () => {
  const good = signedQuery(`symbol=BTCUSDT&timestamp=${nowMs}`);
  const bad: Record<string, HttpRequest> = {
    'another query': requestOf('GET', `${url}?x=1&${good}`, headers),
    'a changed value': requestOf('GET', `${url}?${good.replace('BTC', 'ETH')}`, headers),
    'another key': requestOf('GET', `${url}?${good}`, [['X-MBX-APIKEY', makeDecoys(binance).apiKey!]]),
    'a key twice': requestOf('GET', `${url}?${good}`, [...headers, ['x-mbx-apikey', decoy.apiKey!]]),
    'no key': requestOf('GET', `${url}?${good}`),
    'no signature': requestOf('GET', `${url}?symbol=BTCUSDT&timestamp=${nowMs}`, headers),
    'an empty signature': requestOf('GET', `${url}?timestamp=${nowMs}&signature=`, headers),
    'two signatures': requestOf('GET', `${url}?${good}&signature=${hmac('')}`, headers),
    'an escaped signature name': requestOf(
      'GET',
      `${url}?${good.replace('signature', '%73ignature')}`,
      headers,
    ),
    'no timestamp': requestOf('GET', `${url}?${signedQuery('symbol=BTCUSDT')}`, headers),
    'a timestamp in seconds': requestOf('GET', `${url}?${signedQuery('timestamp=1800000000')}`, headers),
    'a wide recvWindow': requestOf(
      'GET',
      `${url}?${signedQuery(`recvWindow=60001&timestamp=${nowMs}`)}`,
      headers,
    ),
    'a parameter twice': requestOf('GET', `${url}?${signedQuery(`a=1&a=2&timestamp=${nowMs}`)}`, headers),
    'a parameter in both places': requestOf(
      'POST',
      `${url}?a=1`,
      form,
      `a=1&timestamp=${nowMs}&signature=${hmac(`a=1a=1&timestamp=${nowMs}`)}`,
    ),
    'a body on a GET': requestOf('GET', url, form, good),
    'a JSON body': requestOf(
      'POST',
      `${url}?${good}`,
      [...headers, ['Content-Type', 'application/json']],
      '{}',
    ),
    'a compressed body': requestOf('POST', url, [...form, ['Content-Encoding', 'gzip']], good),
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(binance.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(binance.authenticate(requestOf('GET', `${url}?${good}`, headers), decoy)).toEqual({ kind: 'valid' });
  expect(binance.authenticate(requestOf('GET', `${url}?${good}`, headers), {})).toMatchObject({
    kind: 'invalid',
  });
});

test('the key alone suffices on public operations and where Binance wants no signature', () => {
  for (const [path, kind] of [
    ['https://api.binance.com/api/v3/depth?symbol=BTCUSDT', 'valid'],
    ['https://fapi.binance.com/fapi/v1/historicalTrades?symbol=BTCUSDT', 'valid'],
    ['https://api.binance.com/api/v3/account', 'invalid'],
  ] as const) {
    expect(binance.authenticate(requestOf('GET', path, headers), decoy).kind, path).toBe(kind);
  }
  expect(binance.authenticate(requestOf('GET', 'https://api.binance.com/api/v3/depth'), decoy)).toEqual({
    kind: 'none',
  });
  expect(needsKeyOnly('api/v3/account')).toBe(false);
  const trades = requestOf(
    'GET',
    'https://fapi.binance.com/fapi/v1/historicalTrades?symbol=BTCUSDT',
    headers,
  );
  const signed = binance.sign(trades, asReal(keys['RSA key']!), stampAt(nowMs));
  expect(signed.query).toBe('symbol=BTCUSDT');
  expect(signed.headers).toEqual([
    ['user-agent', 'tradebox'],
    ['X-MBX-APIKEY', keys['RSA key']!.apiKey],
  ]);
});

test('a public call goes up without key, signature and time', () => {
  const request = requestOf(
    'GET',
    `https://api.binance.com/api/v3/depth?${signedQuery(`symbol=A&timestamp=${nowMs}`)}`,
    [...headers, ['User-Agent', 'x'], ['X-HTTP-Method-Override', 'POST']],
  );
  expect(binance.sign(request, undefined, stampAt(1))).toEqual({
    method: 'GET',
    path: '/api/v3/depth',
    query: 'symbol=A',
    headers: [['user-agent', 'tradebox']],
    body: Buffer.alloc(0),
  });
});

test('nothing is signed for another host, environment or a denied operation (S5, S7, D9)', () => {
  const sign =
    (target: string, environment: 'live' | 'demo', method = 'POST') =>
    () =>
      binance.sign(requestOf(method, target), asReal(decoy), stampAt(1, environment));
  expect(sign(url, 'live')).not.toThrow();
  expect(sign('https://testnet.binance.vision/api/v3/order', 'demo')).not.toThrow();
  expect(sign(url, 'demo')).toThrow('host');
  expect(sign('https://testnet.binance.vision/api/v3/order', 'live')).toThrow('host');
  expect(sign('https://api.binance.com.evil.example/api/v3/order', 'live')).toThrow('host');
  expect(sign('https://api.binance.com/sapi/v1/capital/withdraw/apply', 'live')).toThrow('funds');
  expect(sign('https://api.binance.com/api/v3/nothing', 'live')).toThrow('unknown');
  expect(sign(`${url}?a=1&a=2`, 'live')).toThrow();
});

test('an unusable real key is an error that does not quote it', () => {
  const request = requestOf('POST', url);
  const broken = (secretKey: string) => () =>
    binance.sign(request, asReal({ apiKey: decoy.apiKey!, secretKey }), stampAt(1));
  for (const secret of ['', 'hunter2\n', 'hunter2 PRIVATE KEY']) {
    expect(broken(secret)).toThrow(/binance|private key/i);
    expect(broken(secret)).toThrow(expect.not.stringContaining('hunter2'));
  }
});

test('parameters keep their order, and the payload is the wire bytes', () => {
  const read = readParameters({ query: 'b=%7B%22a%22%7D&signature=z', body: Buffer.from('a={"x":1}') });
  expect(read).toMatchObject({ ok: true, signature: 'z', payload: 'b=%7B%22a%22%7Da={"x":1}' });
  expect(read.ok && [...read.fields]).toEqual([
    ['b', '{"a"}'],
    ['a', '{"x":1}'],
  ]);
});
