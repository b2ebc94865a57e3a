// Kraken Futures against ccxt: parameters in the query, a batch in the body, and the form flow of other clients.
import { createHash, createHmac } from 'node:crypto';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
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

const decoy = makeDecoys(krakenFutures);
const config = (keys: Record<string, string>) => ({ apiKey: keys.apiKey, secret: keys.secret });
const origin = 'https://futures.kraken.com';
const formType = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

const calls: Record<string, CcxtCall> = {
  'a read': (exchange) => exchange.privateGetAccounts(),
  'a read with a query': (exchange) => exchange.privateGetFills({ lastFillTime: '2026-01-01T00:00:00Z' }),
  'a read of the history API': (exchange) => exchange.historyGetOrders({ sort: 'asc' }),
  'an order in the query': (exchange) =>
    exchange.privatePostSendorder({
      symbol: 'PF_XBTUSD',
      side: 'buy',
      size: '1',
      orderType: 'lmt',
      limitPrice: '1',
    }),
  'a batch in the body': (exchange) =>
    exchange.privatePostBatchorder({ batchOrder: [{ order: 'cancel', order_id: 'o-1' }] }),
};

for (const [name, call] of Object.entries(calls)) {
  test(`${name}: ccxt's signature with the decoy passes, and ours with the real key is ccxt's`, async () => {
    const sent = await captureOne(ccxtWire('krakenfutures', config(decoy)), call);
    expect(krakenFutures.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    const real = makeDecoys(krakenFutures);
    const expected = await captureOne(ccxtWire('krakenfutures', config(real)), call);
    const signed = krakenFutures.sign(sent, asReal(real), stampAt(1_800_000_000_000));
    const names = signed.headers.map(([header]) => header);
    expect(Object.fromEntries(signed.headers)).toMatchObject(
      Object.fromEntries(expected.headers.filter(([header]) => ['APIKey', 'Authent'].includes(header))),
    );
    expect(names).not.toContain('Nonce');
    expect({ query: signed.query, body: signed.body.toString() }).toEqual({
      query: expected.query,
      body: expected.body.toString(),
    });
  });
}

/** The scheme as Kraken documents it, written out: SHA-256 of postData + nonce + endpointPath, then HMAC-SHA512. */
function documented(secret: string, postData: string, nonce: string, endpointPath: string): string {
  const digest = createHash('sha256')
    .update(Buffer.from(postData + nonce + endpointPath))
    .digest();
  return createHmac('sha512', Buffer.from(secret, 'base64')).update(digest).digest('base64');
}

test('a form with a nonce passes, and gets the nonce of the sidecar', () => {
  const body = 'symbol=PF_XBTUSD&side=buy&size=1&orderType=mkt';
  const request = requestOf(
    'POST',
    `${origin}/derivatives/api/v3/sendorder`,
    [
      formType,
      ['APIKey', decoy.apiKey!],
      ['Nonce', '1415957147987'],
      ['Authent', documented(decoy.secret!, body, '1415957147987', '/api/v3/sendorder')],
    ],
    body,
  );
  expect(krakenFutures.authenticate(request, decoy)).toEqual({ kind: 'valid' });
  const real = makeDecoys(krakenFutures);
  const signed = Object.fromEntries(krakenFutures.sign(request, asReal(real), stampAt(99)).headers);
  expect(signed.Nonce).toBe('99');
  expect(signed.Authent).toBe(documented(real.secret!, body, '99', '/api/v3/sendorder'));
});

test('what the decoy did not sign, or signed in two places, is refused', async () => {
  const sent = await captureOne(ccxtWire('krakenfutures', config(decoy)), calls['an order in the query']!);
  const bad: Record<string, HttpRequest> = {
    'another query': { ...sent, query: `${sent.query}0` },
    'another path': { ...sent, path: '/derivatives/api/v3/withdrawal' },
    'the path with its prefix twice': { ...sent, path: `/derivatives${sent.path}` },
    'a body beside the query': { ...sent, body: Buffer.from('size=9') },
    'a nonce of words': { ...sent, headers: [...sent.headers, ['Nonce', 'x']] },
    'an unsigned nonce': { ...sent, headers: [...sent.headers, ['Nonce', '5']] },
    'a key twice': { ...sent, headers: [...sent.headers, ['apikey', decoy.apiKey!]] },
    'another key': {
      ...sent,
      headers: sent.headers.map(([key, value]) => [key, key === 'APIKey' ? 'x' : value] as const),
    },
    'no signature': { ...sent, headers: sent.headers.filter(([key]) => key !== 'Authent') },
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(krakenFutures.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(krakenFutures.authenticate({ ...sent, headers: [] }, decoy)).toEqual({ kind: 'none' });
  expect(krakenFutures.authenticate(sent, {})).toMatchObject({ kind: 'invalid' });
  expect(() => krakenFutures.sign({ ...sent, body: Buffer.from('x') }, asReal(decoy), stampAt(1))).toThrow();
});

test('demo and live are hosts apart (S5, D9)', () => {
  const request = (host: string) => requestOf('GET', `https://${host}/derivatives/api/v3/accounts`);
  expect(() => krakenFutures.sign(request('futures.kraken.com'), asReal(decoy), stampAt(1))).not.toThrow();
  expect(() =>
    krakenFutures.sign(request('demo-futures.kraken.com'), asReal(decoy), stampAt(1, 'demo')),
  ).not.toThrow();
  expect(() => krakenFutures.sign(request('futures.kraken.com'), asReal(decoy), stampAt(1, 'demo'))).toThrow(
    'host',
  );
  expect(() => krakenFutures.sign(request('demo-futures.kraken.com'), asReal(decoy), stampAt(1))).toThrow(
    'host',
  );
});

test("the classes of ccxt's whole API map are the committed ones", async () => {
  const { exchange } = ccxtWire('krakenfutures', config(decoy));
  const samples: Record<string, string> = { symbol: 'PF_XBTUSD', price_type: 'trade', interval: '1h' };
  const outcome = classifyEndpoints(
    krakenFutures,
    ccxtEndpoints(exchange, (name) => samples[name] ?? 'x-1'),
  );
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/kraken-futures.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      if (!row.startsWith('GET '))
        expect(row, kind).not.toMatch(/withdraw|transfer|subaccount|assignmentprogram|key/);
    }
  }
});

test('decoys are well-formed and fresh', () => {
  const other = makeDecoys(krakenFutures);
  for (const field of krakenFutures.credential) {
    expect(field.explainMalformed?.(decoy[field.name]!), field.name).toBeUndefined();
    expect(other[field.name]).not.toBe(decoy[field.name]);
  }
});

test('ccxt raises a refusal for good, with its words', async () => {
  const answer = krakenFutures.refuse({ code: 'DENIED', message: 'no orders here', requestId: 'r-9' });
  const raised = await raisedBy('krakenfutures', config(decoy), answer, calls['an order in the query']!);
  expect(raised).toBeInstanceOf(ccxt.ExchangeError);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders here (request r-9)');
});
