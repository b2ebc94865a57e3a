// OKX signatures against ccxt, okx-api and the scheme as its reference words it, and attempts to get something else signed.
// No published vector exists: OKX's reference ("REST Authentication", "Signature") words the scheme and shows a secret's form, and no
// signature of it (looked: okx.com/docs-v5, November 2026).
import { createHmac } from 'node:crypto';
import { RestClient } from 'okx-api';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { headerOf } from '../../../../src/core/http.js';
import { Secret } from '../../../../src/core/secret.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { authenticate, sign, signatureOf } from '../../../../src/venues/okx/signature.js';
import { axiosWire } from '../../../support/axios-wire.js';
import { type CcxtCall, captureOne, ccxtWire } from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(okx);
const real = makeDecoys(okx);
const nowMs = 1_800_000_000_123;
const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px: '50000' };

beforeEach(() => {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const ccxtCalls: Record<string, CcxtCall> = {
  'a read': (x) => x.privateGetAccountBalance(),
  'a read with an escaped query': (x) => x.privateGetAccountBalance({ ccy: 'BTC,ETH' }),
  'an order': (x) => x.privatePostTradeOrder({ ...order, clOrdId: 'a1' }),
  'a batch': (x) => x.privatePostTradeBatchOrders([{ ...order, clOrdId: 'a1' }]),
  'a cancel': (x) => x.privatePostTradeCancelOrder({ instId: 'BTC-USDT', ordId: '1' }),
  'an amendment': (x) => x.privatePostTradeAmendOrder({ instId: 'BTC-USDT', ordId: '1', newPx: '1' }),
};

function ccxtSends(values: Record<string, string>, call: CcxtCall): Promise<HttpRequest> {
  const { apiKey, secretKey: secret, passphrase: password } = values;
  const wire = ccxtWire('okx', { apiKey, secret, password });
  wire.exchange.nonce = () => nowMs;
  return captureOne(wire, call);
}

type Sdk = (client: RestClient) => Promise<unknown>;
const sdkCalls: Record<string, Sdk> = {
  'a read': (x) => x.getBalance(),
  'a read with a query': (x) => x.getOrderDetails({ instId: 'BTC-USDT', ordId: '1' }),
  'an order': (x) => x.submitOrder({ ...order, tdMode: 'cash', side: 'buy', ordType: 'limit' }),
  'a batch': (x) => x.submitMultipleOrders([{ ...order, tdMode: 'cash', side: 'buy', ordType: 'limit' }]),
  'a position closed': (x) => x.closePositions({ instId: 'BTC-USDT-SWAP', mgnMode: 'cross' }),
};

async function sdkSends(
  values: Record<string, string>,
  ...calls: readonly Sdk[]
): Promise<readonly HttpRequest[]> {
  const { adapter, sent } = axiosWire();
  const { apiKey, secretKey: apiSecret, passphrase: apiPass } = values;
  const options = { adapter } as unknown as ConstructorParameters<typeof RestClient>[1];
  const client = new RestClient({ apiKey, apiSecret, apiPass }, options);
  for (const call of calls) await call(client).catch(() => undefined);
  return sent;
}

const auth = (headers: HttpRequest['headers']) =>
  Object.fromEntries(
    headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name.startsWith('ok-access-')),
  );

describe('what ccxt signs with the decoy is valid, and our signature is what ccxt makes with the real key (C1)', () => {
  test.each(Object.entries(ccxtCalls))('%s', async (_, call) => {
    const sent = await ccxtSends(decoy, call);
    expect(authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    const signed = sign(sent, asReal(real), stampAt(nowMs, 'live'));
    const expected = await ccxtSends(real, call);
    expect(auth(signed.headers)).toEqual(auth(expected.headers));
    expect(signed).toMatchObject({ method: expected.method, path: expected.path, query: expected.query });
    expect(signed.body.toString()).toBe(expected.body.toString());
  });
});

describe('the same with okx-api', () => {
  test.each(Object.entries(sdkCalls))('%s', async (_, call) => {
    const [sent] = await sdkSends(decoy, call);
    expect(authenticate(sent!, decoy)).toEqual({ kind: 'valid' });
    const signed = sign(sent!, asReal(real), stampAt(nowMs, 'live'));
    const [expected] = await sdkSends(real, call);
    expect(auth(signed.headers)).toEqual(auth(expected!.headers));
    expect(signed.body.toString()).toBe(expected!.body.toString());
  });

  test('its public calls repeat the headers of the last private one: not forged, and sent unsigned', async () => {
    const [, publicCall] = await sdkSends(
      decoy,
      (x) => x.getBalance(),
      (x) => x.getTicker({ instId: 'BTC-USDT' }),
    );
    expect(headerOf(publicCall!.headers, 'ok-access-sign')).toBeDefined();
    expect(authenticate(publicCall!, decoy)).toEqual({ kind: 'none' });
    expect(auth(sign(publicCall!, undefined, stampAt(nowMs, 'demo')).headers)).toEqual({});
  });
});

test('the scheme, step by step, as OKX’s reference words it', () => {
  const body = Buffer.from('{"instId":"BTC-USDT"}');
  const request = { method: 'POST', path: '/api/v5/trade/order', query: '', body };
  const text = `2020-12-08T09:08:57.715ZPOST/api/v5/trade/order${body.toString()}`;
  expect(signatureOf('22582BD0CFF14C41EDBF1AB98506286D', '2020-12-08T09:08:57.715Z', request)).toBe(
    createHmac('sha256', '22582BD0CFF14C41EDBF1AB98506286D').update(text).digest('base64'),
  );
});

/** A request signed with the decoy, to be spoilt. */
function signedByAgent(method = 'GET', target = '/api/v5/account/balance?ccy=BTC', body = ''): HttpRequest {
  const bare = requestOf(method, `https://www.okx.com${target}`, [], body);
  const timestamp = new Date(nowMs).toISOString();
  return {
    ...bare,
    headers: [
      ['OK-ACCESS-KEY', decoy.apiKey!],
      ['OK-ACCESS-SIGN', signatureOf(decoy.secretKey!, timestamp, bare)],
      ['OK-ACCESS-TIMESTAMP', timestamp],
      ['OK-ACCESS-PASSPHRASE', decoy.passphrase!],
      ['Content-Type', 'application/json'],
    ],
  };
}
const withHeader = (request: HttpRequest, name: string, value: string): HttpRequest => ({
  ...request,
  headers: request.headers.map(([known, old]) => [known, known === name ? value : old] as const),
});
const without = (request: HttpRequest, name: string): HttpRequest => ({
  ...request,
  headers: request.headers.filter(([known]) => known !== name),
});

describe('the decoy signature covers the bytes on the wire (C2, C6)', () => {
  const good = signedByAgent('POST', '/api/v5/trade/order', JSON.stringify(order));

  test('as sent it is valid', () => expect(authenticate(good, decoy)).toEqual({ kind: 'valid' }));

  test.each([
    ['another body', { ...good, body: Buffer.from(JSON.stringify({ ...order, sz: '9' })) }],
    ['one more space in the body', { ...good, body: Buffer.from(`${JSON.stringify(order)} `) }],
    ['another path', { ...good, path: '/api/v5/trade/cancel-order' }],
    ['another query', { ...good, query: 'a=b' }],
    ['another method', { ...good, method: 'GET', body: Buffer.alloc(0) }],
    ['another timestamp', withHeader(good, 'OK-ACCESS-TIMESTAMP', new Date(nowMs + 1).toISOString())],
    ['a timestamp that is no time', withHeader(good, 'OK-ACCESS-TIMESTAMP', 'now')],
    ['a real-looking key', withHeader(good, 'OK-ACCESS-KEY', real.apiKey!)],
    ['another passphrase', withHeader(good, 'OK-ACCESS-PASSPHRASE', real.passphrase!)],
    ['an empty signature', withHeader(good, 'OK-ACCESS-SIGN', '')],
    ['a key twice', { ...good, headers: [...good.headers, ['ok-access-key', decoy.apiKey!] as const] }],
    ['no key', without(good, 'OK-ACCESS-KEY')],
    ['no signature', without(good, 'OK-ACCESS-SIGN')],
    ['no timestamp', without(good, 'OK-ACCESS-TIMESTAMP')],
    ['no passphrase', without(good, 'OK-ACCESS-PASSPHRASE')],
    ['a compressed body', { ...good, headers: [...good.headers, ['Content-Encoding', 'gzip'] as const] }],
  ])('%s is invalid', (_, spoilt) => {
    expect(authenticate(spoilt, decoy).kind).toBe('invalid');
  });

  test('a GET with a body is invalid, even when signed with it', () => {
    expect(authenticate(signedByAgent('GET', '/api/v5/account/balance', '{}'), decoy).kind).toBe('invalid');
  });

  test('nothing at all is none', () => {
    expect(authenticate({ ...good, headers: [] }, decoy)).toEqual({ kind: 'none' });
  });

  test('a foreign key is forged on a public call too', () => {
    const open = signedByAgent('GET', '/api/v5/public/time');
    expect(authenticate(open, decoy)).toEqual({ kind: 'none' });
    expect(authenticate(withHeader(open, 'OK-ACCESS-KEY', real.apiKey!), decoy).kind).toBe('invalid');
  });

  test('no reason quotes the request', () => {
    const outcome = authenticate(withHeader(good, 'OK-ACCESS-KEY', 'zebra'), decoy);
    expect(JSON.stringify(outcome)).not.toContain('zebra');
  });
});

describe('what leaves', () => {
  test.each([
    ['live', undefined],
    ['demo', '1'],
    ['paper', '1'],
  ] as const)('x-simulated-trading follows the environment: %s', (environment, expected) => {
    for (const sent of ['0', '1', undefined]) {
      const request = signedByAgent();
      const headers =
        sent === undefined ? request.headers : [...request.headers, ['x-simulated-trading', sent] as const];
      const signed = sign({ ...request, headers }, asReal(real), stampAt(nowMs, environment));
      expect(headerOf(signed.headers, 'x-simulated-trading')).toBe(expected);
    }
  });

  test('freshly stamped, without expTime, overrides, cookies or anything else of the client’s', () => {
    const request = signedByAgent();
    const extra = [
      ['expTime', '1'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['Cookie', 'a=b'],
      ['OK-FROM', '1'],
      ['User-Agent', 'okx-trade-cli/1.2.4'],
      ['Accept', 'application/json'],
    ] as const;
    const signed = sign(
      { ...request, headers: [...request.headers, ...extra] },
      asReal(real),
      stampAt(nowMs + 5000),
    );
    expect(signed.headers.map(([name]) => name)).toEqual([
      'user-agent',
      'accept',
      'OK-ACCESS-KEY',
      'OK-ACCESS-SIGN',
      'OK-ACCESS-TIMESTAMP',
      'OK-ACCESS-PASSPHRASE',
    ]);
    expect(headerOf(signed.headers, 'OK-ACCESS-TIMESTAMP')).toBe(new Date(nowMs + 5000).toISOString());
  });

  test('the signature is over exactly what is sent: an order is written anew (C3)', () => {
    const spaced = ` { "instId" : "BTC-USDT", "tdMode":"cash","side":"buy","ordType":"limit","sz":"0.01","px":"5e1" }`;
    const signed = sign(signedByAgent('POST', '/api/v5/trade/order', spaced), asReal(real), stampAt(nowMs));
    expect(signed.body.toString()).toBe(JSON.stringify(JSON.parse(spaced)));
    const timestamp = headerOf(signed.headers, 'OK-ACCESS-TIMESTAMP')!;
    expect(headerOf(signed.headers, 'OK-ACCESS-SIGN')).toBe(signatureOf(real.secretKey!, timestamp, signed));
  });

  test('a read by POST keeps its bytes', () => {
    const body = '{ "instId" : "BTC-USDT" }';
    const signed = sign(
      signedByAgent('POST', '/api/v5/trade/order-precheck', body),
      asReal(real),
      stampAt(nowMs),
    );
    expect(signed.body.toString()).toBe(body);
  });

  test('a body that nobody could read is not signed', () => {
    const twice = '{"sz":"1","sz":"2"}';
    expect(() =>
      sign(signedByAgent('POST', '/api/v5/trade/order', twice), asReal(real), stampAt(nowMs)),
    ).toThrow(/JSON_DUPLICATE_KEY/);
  });

  test('nothing is signed for a host that is not OKX’s (S5)', () => {
    const request = { ...signedByAgent(), host: 'evil.test' };
    expect(() => sign(request, asReal(real), stampAt(nowMs))).toThrow();
  });

  test.each(['', ' padded', 'new\nline', 'ümlaut'])(
    'an unusable credential is an error that does not quote it: %j',
    (bad) => {
      const spoilt = { ...asReal(real), passphrase: new Secret(bad) };
      const attempt = () => sign(signedByAgent(), spoilt, stampAt(nowMs));
      expect(attempt).toThrowError(expect.objectContaining({ code: 'SECRET_INVALID' }));
      try {
        attempt();
      } catch (error) {
        if (bad !== '') expect(String(error)).not.toContain(bad);
      }
    },
  );
});
