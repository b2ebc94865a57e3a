// Coinbase Exchange against ccxt and coinbase-api, under a frozen clock to the last byte.
import ccxt from 'ccxt';
import { CBExchangeClient } from 'coinbase-api';
import { expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../../src/core/http.js';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
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

const decoy = makeDecoys(coinbaseExchange);
const config = (keys: Record<string, string>) => ({
  apiKey: keys.apiKey,
  secret: keys.secret,
  password: keys.passphrase,
});

function siebly(keys: Record<string, string>, answer?: HttpAnswer) {
  const wire = axiosWire(answer);
  const client = new CBExchangeClient(
    { apiKey: keys.apiKey!, apiSecret: keys.secret!, apiPassphrase: keys.passphrase! },
    { adapter: wire.adapter as never },
  );
  return { client, sent: wire.sent };
}

const calls: Record<string, CcxtCall> = {
  'a read': (exchange) => exchange.privateGetAccounts(),
  'a read with a query': (exchange) => exchange.privateGetFills({ product_id: 'BTC-USD', limit: 5 }),
  'an order': (exchange) =>
    exchange.privatePostOrders({ product_id: 'BTC-USD', side: 'buy', type: 'limit', price: '1', size: '2' }),
  'a cancel with a body': (exchange) => exchange.privateDeleteOrdersId({ id: 'o-1', product_id: 'BTC-USD' }),
};

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: ccxt's signature with the decoy passes, and ours with the real key is ccxt's`, async () => {
    const sent = await captureOne(ccxtWire('coinbaseexchange', config(decoy)), call);
    expect(coinbaseExchange.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    const real = makeDecoys(coinbaseExchange);
    const other = ccxtWire('coinbaseexchange', config(real));
    other.exchange.nonce = () => 1_800_000_000;
    const expected = await captureOne(other, call);
    const signed = coinbaseExchange.sign(sent, asReal(real), stampAt(1_800_000_000_999));
    expect(Object.fromEntries(signed.headers)).toMatchObject(
      Object.fromEntries(expected.headers.filter(([header]) => header.startsWith('CB-ACCESS-'))),
    );
    expect(signed.body.toString()).toBe(expected.body.toString());
    expect(signed.query).toBe(expected.query);
    expect(JSON.stringify(signed.headers)).not.toContain(decoy.apiKey);
  });
}

test("coinbase-api's requests pass with the decoy: reads, orders, cancels with a query, decimals in the time", async () => {
  const { client, sent } = siebly(decoy);
  await client.getFills({ product_id: 'BTC-USD', limit: 5 } as never);
  await client.submitOrder({ product_id: 'BTC-USD', side: 'buy', type: 'market', funds: '5' } as never);
  await client.cancelOrder({ order_id: 'o-1', product_id: 'BTC-USD' });
  expect(sent).toHaveLength(3);
  for (const request of sent)
    expect(coinbaseExchange.authenticate(request, decoy)).toEqual({ kind: 'valid' });
});

test("what goes out is coinbase-api's under the same clock, header by header", async () => {
  const { client, sent } = siebly(decoy);
  Object.assign(client, { getSignTimestampMs: () => 1_800_000_000_000 });
  await client.getFills({ product_id: 'BTC-USD', limit: 5 } as never);
  await client.submitOrder({ product_id: 'BTC-USD', side: 'buy', type: 'market', funds: '5' } as never);
  await client.cancelOrder({ order_id: 'o-1', product_id: 'BTC-USD' });
  expect(sent).toHaveLength(3);
  for (const request of sent) {
    const ours = coinbaseExchange.sign(request, asReal(decoy), stampAt(1_800_000_000_999));
    const accessOf = (headers: HttpRequest['headers']) =>
      Object.fromEntries(headers.filter(([name]) => name.startsWith('CB-ACCESS-')));
    expect(Object.keys(accessOf(request.headers))).toHaveLength(4);
    expect(accessOf(ours.headers)).toEqual(accessOf(request.headers));
  }
});

test('what the decoy did not sign is refused', async () => {
  const sent = await captureOne(ccxtWire('coinbaseexchange', config(decoy)), calls['an order']!);
  const replaced = (name: string, value: string): HttpRequest => ({
    ...sent,
    headers: sent.headers.map(([key, old]) => [key, key === name ? value : old] as const),
  });
  const bad: Record<string, HttpRequest> = {
    'another body': { ...sent, body: Buffer.from(sent.body.toString().replace('"2"', '"9"')) },
    'another path': { ...sent, path: '/withdrawals/crypto' },
    'another query': { ...sent, query: 'size=9' },
    'another method': { ...sent, method: 'PUT' },
    'another key': replaced('CB-ACCESS-KEY', 'x'),
    'another passphrase': replaced('CB-ACCESS-PASSPHRASE', 'x'),
    'another time': replaced('CB-ACCESS-TIMESTAMP', '1800000000'),
    'a time with more in it': replaced('CB-ACCESS-TIMESTAMP', '1800000000POST'),
    'a header twice': { ...sent, headers: [...sent.headers, ['cb-access-sign', 'x']] },
    'one header only': { ...sent, headers: sent.headers.filter(([key]) => key !== 'CB-ACCESS-SIGN') },
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(coinbaseExchange.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(coinbaseExchange.authenticate({ ...sent, headers: [] }, decoy)).toEqual({ kind: 'none' });
  expect(coinbaseExchange.authenticate(sent, {})).toMatchObject({ kind: 'invalid' });
});

test('nothing is signed for another host or environment (S5, D9)', () => {
  const request = (host: string) => requestOf('GET', `https://${host}/accounts`);
  const live = 'api.exchange.coinbase.com';
  const sandbox = 'api-public.sandbox.exchange.coinbase.com';
  expect(() => coinbaseExchange.sign(request(live), asReal(decoy), stampAt(1))).not.toThrow();
  expect(() => coinbaseExchange.sign(request(sandbox), asReal(decoy), stampAt(1, 'demo'))).not.toThrow();
  expect(() => coinbaseExchange.sign(request(live), asReal(decoy), stampAt(1, 'demo'))).toThrow('host');
  expect(() => coinbaseExchange.sign(request(sandbox), asReal(decoy), stampAt(1))).toThrow('host');
  expect(() => coinbaseExchange.sign(request('evil.example'), asReal(decoy), stampAt(1))).toThrow('host');
});

test("the classes of ccxt's whole API map are the committed ones", async () => {
  const { exchange } = ccxtWire('coinbaseexchange', config(decoy));
  const endpoints = ccxtEndpoints(exchange, (name) =>
    name === 'id' ? 'BTC-USD' : name === 'wrapped_asset_id' ? 'CBETH' : 'x-1',
  );
  const outcome = classifyEndpoints(coinbaseExchange, endpoints);
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/coinbase-exchange.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      expect(row, kind).not.toMatch(/loan|withdraw/);
      if (!row.startsWith('GET '))
        expect(row, kind).not.toMatch(/deposit|transfer|conversion|profile|address|wrapped|funding/);
    }
  }
});

test('decoys are well-formed and fresh', () => {
  const other = makeDecoys(coinbaseExchange);
  for (const field of coinbaseExchange.credential) {
    expect(field.explainMalformed?.(decoy[field.name]!), field.name).toBeUndefined();
    expect(other[field.name]).not.toBe(decoy[field.name]);
  }
});

test('ccxt and coinbase-api raise a refusal for good, with its words', async () => {
  const answer = coinbaseExchange.refuse({ code: 'DENIED', message: 'no orders here', requestId: 'r-9' });
  const raised = await raisedBy('coinbaseexchange', config(decoy), answer, (exchange) =>
    exchange.privatePostOrders({}),
  );
  expect(raised).toBeInstanceOf(ccxt.ExchangeError);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders here (request r-9)');
  const { client } = siebly(decoy, answer);
  await expect(client.cancelAllOrders()).rejects.toMatchObject({ code: 400 });
});
