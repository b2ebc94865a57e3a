// Coinbase Advanced against ccxt and coinbase-api: their JWTs pass with the decoy, ours carry the claims theirs would.
// No published vector was found, and none could be of ES256, whose signatures differ each time: "JWT Authentication" and "Coinbase App API
// Key Authentication" (docs.cdp.coinbase.com, searched November 2026) show code, claims and placeholders for keys.
import { randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import ccxt from 'ccxt';
import { CBAdvancedTradeClient } from 'coinbase-api';
import { expect, test } from 'vitest';
import { type HttpAnswer, type HttpRequest, headerOf } from '../../../../src/core/http.js';
import { readCdpKey, signJwt } from '../../../../src/venues/coinbase/cdp-key.js';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';
import { axiosWire } from '../../../support/axios-wire.js';
import {
  type CcxtCall,
  captureOne,
  ccxtEndpoints,
  ccxtWire,
  classifyEndpoints,
  isRetryable,
  raisedBy,
} from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const ecDecoy = makeDecoys(coinbase);
const edDecoy = { apiKey: ecDecoy.apiKey!, privateKey: makeEd25519Pair() };
const decoys = { 'P-256': ecDecoy, Ed25519: edDecoy };

function makeEd25519Pair(): string {
  const seed = randomBytes(32);
  return Buffer.concat([seed, ed25519.getPublicKey(seed)]).toString('base64');
}

const ccxtConfig = (keys: Record<string, string>) => ({ apiKey: keys.apiKey, secret: keys.privateKey });

function siebly(keys: Record<string, string>, answer?: HttpAnswer) {
  const wire = axiosWire(answer);
  const client = new CBAdvancedTradeClient(
    { apiKey: keys.apiKey!, apiSecret: keys.privateKey! },
    { adapter: wire.adapter as never },
  );
  return { client, sent: wire.sent };
}

/** Header and claims of the Bearer token. */
function claimsOf(headers: HttpRequest['headers']): {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
} {
  const token = headers.find(([name]) => name === 'Authorization')![1].replace('Bearer ', '');
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: JSON.parse(header!), claims: JSON.parse(claims!) };
}

for (const [kind, decoy] of Object.entries(decoys)) {
  test(`ccxt's reads and writes pass with a ${kind} decoy`, async () => {
    const wire = ccxtWire('coinbase', ccxtConfig(decoy));
    for (const call of [
      (exchange) => exchange.v3PrivateGetBrokerageOrdersHistoricalFills({ product_ids: ['BTC-USD'] }),
      (exchange) => exchange.v2PrivateGetAccounts({ limit: 5 }),
      (exchange) => exchange.v3PrivatePostBrokerageOrders({ product_id: 'BTC-USD' }),
    ] as CcxtCall[]) {
      const sent = await captureOne(wire, call);
      expect(coinbase.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    }
  });

  test(`coinbase-api's reads and writes pass with a ${kind} decoy`, async () => {
    const { client, sent } = siebly(decoy);
    await client.getFills({ product_ids: ['BTC-USD', 'ETH-USD'], limit: 5 });
    await client.cancelOrders({ order_ids: ['a'] });
    expect(sent).toHaveLength(2);
    for (const request of sent) expect(coinbase.authenticate(request, decoy)).toEqual({ kind: 'valid' });
  });

  test(`a ${kind} real key signs with fresh claims of the form its SDK writes`, async () => {
    const request = await captureOne(ccxtWire('coinbase', ccxtConfig(ecDecoy)), (exchange) =>
      exchange.v3PrivateGetBrokerageAccounts({ limit: 3 }),
    );
    const real =
      kind === 'P-256' ? makeDecoys(coinbase) : { apiKey: 'key-name-1', privateKey: makeEd25519Pair() };
    const signed = coinbase.sign(request, asReal(real), stampAt(1_800_000_000_900));
    const ours = claimsOf(signed.headers);
    const uri = 'GET api.coinbase.com/api/v3/brokerage/accounts';
    const times = { nbf: 1_800_000_000, exp: 1_800_000_120 };
    const target = kind === 'P-256' ? { uri } : { aud: ['cdp_service'], uris: [uri] };
    expect(ours.claims).toEqual({ sub: real.apiKey, iss: 'cdp', ...times, ...target });
    expect(ours.header).toMatchObject({
      alg: kind === 'P-256' ? 'ES256' : 'EdDSA',
      typ: 'JWT',
      kid: real.apiKey,
    });
    expect(ours.header.nonce).toMatch(/^[0-9a-f]{32}$/);
    // The SDK of that form, under the same clock, would have written these claims.
    if (kind === 'P-256') {
      const sdk = siebly(real);
      Object.assign(sdk.client, { getSignTimestampMs: () => 1_800_000_000_900 });
      await sdk.client.getAccounts({ limit: 3 });
      expect(claimsOf(sdk.sent[0]!.headers).claims).toEqual(ours.claims);
    } else {
      const wire = ccxtWire('coinbase', ccxtConfig(real));
      wire.exchange.seconds = () => 1_800_000_000;
      const sent = await captureOne(wire, (exchange) => exchange.v3PrivateGetBrokerageAccounts({ limit: 3 }));
      const { iat, ...claims } = claimsOf(sent.headers).claims;
      expect(iat).toBe(times.nbf);
      expect(claims).toEqual(ours.claims);
    }
    // Whoever holds the key accepts it: the same check that the decoy's JWTs pass.
    expect(coinbase.authenticate({ ...request, headers: signed.headers }, real)).toEqual({ kind: 'valid' });
  });
}

test('an Ed25519 token is ccxt’s to the last byte: one text, one signature', async () => {
  const wire = ccxtWire('coinbase', ccxtConfig(edDecoy));
  wire.exchange.seconds = () => 1_800_000_000;
  const sent = await captureOne(wire, (exchange) => exchange.v3PrivateGetBrokerageAccounts({ limit: 3 }));
  const { header, claims } = claimsOf(sent.headers);
  const key = readCdpKey(edDecoy.privateKey);
  expect(`Bearer ${signJwt(key!, header, claims)}`).toBe(headerOf(sent.headers, 'authorization'));
  // What goes out for it, too, is what ccxt's Ed25519 makes of the same text.
  const { headers } = coinbase.sign(sent, asReal(edDecoy), stampAt(1_800_000_000_900));
  const [, text = '', signature = ''] =
    /^Bearer (.+)\.(.+)$/.exec(headerOf(headers, 'authorization') ?? '') ?? [];
  const seed = Buffer.from(edDecoy.privateKey, 'base64').subarray(0, 32);
  expect(signature).toBe(Buffer.from(ed25519.sign(Buffer.from(text), seed)).toString('base64url'));
});

test('two signatures of one request differ: nothing of the client’s token or of an older one is reused', () => {
  const request = requestOf('GET', 'https://api.coinbase.com/api/v3/brokerage/accounts');
  const [one, two] = [1, 2].map(() =>
    claimsOf(coinbase.sign(request, asReal(ecDecoy), stampAt(1_800_000_000_000)).headers),
  );
  expect(one!.header.nonce).not.toBe(two!.header.nonce);
});

test('a body is sent as it was read; a body with two readings is not signed', () => {
  const request = (body: string) =>
    requestOf(
      'POST',
      'https://api.coinbase.com/api/v3/brokerage/orders',
      [['Content-Type', 'application/json']],
      body,
    );
  const signed = coinbase.sign(request('{ "side": "BUY" }'), asReal(ecDecoy), stampAt(1));
  expect(signed.body.toString()).toBe('{"side":"BUY"}');
  expect(() => coinbase.sign(request('{"side":"BUY","side":"SELL"}'), asReal(ecDecoy), stampAt(1))).toThrow();
});

test('tokens for another request, key, scheme or place are refused', async () => {
  const sent = await captureOne(ccxtWire('coinbase', ccxtConfig(ecDecoy)), (exchange) =>
    exchange.v3PrivatePostBrokerageOrders({ product_id: 'BTC-USD' }),
  );
  const other = makeDecoys(coinbase);
  const bad: Record<string, [HttpRequest, Record<string, string>]> = {
    'another path': [{ ...sent, path: '/v2/accounts/1/transactions' }, ecDecoy],
    'another method': [{ ...sent, method: 'DELETE' }, ecDecoy],
    'another host': [{ ...sent, host: 'api-sandbox.coinbase.com' }, ecDecoy],
    'another key': [sent, { ...ecDecoy, privateKey: other.privateKey! }],
    'another key name': [sent, { ...ecDecoy, apiKey: other.apiKey! }],
    'two tokens': [{ ...sent, headers: [...sent.headers, ...sent.headers] }, ecDecoy],
    'legacy headers beside it': [{ ...sent, headers: [...sent.headers, ['CB-ACCESS-KEY', 'x']] }, ecDecoy],
    'legacy headers alone': [{ ...sent, headers: [['CB-ACCESS-KEY', 'x']] }, ecDecoy],
    'no Bearer': [{ ...sent, headers: [['Authorization', 'Basic eDp5']] }, ecDecoy],
    'no decoy in this box': [sent, {}],
  };
  for (const [name, [request, decoy]] of Object.entries(bad)) {
    expect(coinbase.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(coinbase.authenticate({ ...sent, headers: [] }, ecDecoy)).toEqual({ kind: 'none' });
});

test('nothing is signed for another host or environment (S5, D9)', () => {
  const request = (host: string) => requestOf('GET', `https://${host}/api/v3/brokerage/accounts`);
  expect(() => coinbase.sign(request('evil.example'), asReal(ecDecoy), stampAt(1))).toThrow('host');
  expect(() => coinbase.sign(request('api.coinbase.com'), asReal(ecDecoy), stampAt(1, 'demo'))).toThrow(
    'host',
  );
  expect(() => coinbase.sign(request('api-sandbox.coinbase.com'), asReal(ecDecoy), stampAt(1))).toThrow(
    'host',
  );
});

test("the classes of ccxt's whole API map are the committed ones", async () => {
  const { exchange } = ccxtWire('coinbase', ccxtConfig(ecDecoy));
  const samples: Record<string, string> = { product_id: 'BTC-USD', symbol: 'BTC-USD' };
  const outcome = classifyEndpoints(
    coinbase,
    ccxtEndpoints(exchange, (name) => samples[name] ?? `${name.replaceAll('_', '-')}-1`),
  );
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/coinbase.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      expect(row, kind).not.toMatch(/key|user\/auth/);
      if (row.startsWith('GET ')) continue;
      expect(row, kind).not.toMatch(/\/v2\/|convert|move_funds|portfolios|sweeps|allocate/);
    }
  }
});

test('decoys are well-formed and fresh', () => {
  const other = makeDecoys(coinbase);
  expect(ecDecoy.apiKey).toMatch(/^organizations\/[0-9a-f-]{36}\/apiKeys\/[0-9a-f-]{36}$/);
  for (const field of coinbase.credential) {
    expect(field.explainMalformed?.(ecDecoy[field.name]!), field.name).toBeUndefined();
    expect(other[field.name]).not.toBe(ecDecoy[field.name]);
  }
  expect(coinbase.credential[1]!.explainMalformed?.('nonsense')).toContain('neither');
  expect(coinbase.credential[1]!.explainMalformed?.(edDecoy.privateKey)).toBeUndefined();
});

test('an unusable real key is named without being quoted', () => {
  const request = requestOf('GET', 'https://api.coinbase.com/api/v3/brokerage/accounts');
  const run = () => coinbase.sign(request, asReal({ apiKey: 'k', privateKey: 'nonsense-value' }), stampAt(1));
  expect(run).toThrow('privateKey is missing or not readable');
  expect(run).not.toThrow('nonsense-value');
});

test('ccxt and coinbase-api raise a refusal for good, with its words', async () => {
  const answer = coinbase.refuse({ code: 'DENIED', message: 'no orders here', requestId: 'r-9' });
  const raised = await raisedBy('coinbase', ccxtConfig(ecDecoy), answer, (exchange) =>
    exchange.v3PrivatePostBrokerageOrders({}),
  );
  expect(raised).toBeInstanceOf(ccxt.PermissionDenied);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders here (request r-9)');
  const { client } = siebly(ecDecoy, answer);
  await expect(client.cancelOrders({ order_ids: ['a'] })).rejects.toMatchObject({
    code: 403,
    body: { message: 'tradebox: no orders here (request r-9)' },
  });
});
