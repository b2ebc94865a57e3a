// Kraken spot against ccxt, Kraken's published example, and attempts to get something else signed.
import { createHash } from 'node:crypto';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';
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

const decoy = makeDecoys(kraken);
const wire = ccxtWire('kraken', { apiKey: decoy.apiKey, secret: decoy.secret });

/** The request ccxt itself would send with the real credential at that nonce. */
async function ccxtWith(real: Record<string, string>, nonce: number, call: CcxtCall) {
  const other = ccxtWire('kraken', { apiKey: real.apiKey, secret: real.secret });
  other.exchange.nonce = () => nonce;
  return captureOne(other, call);
}

const calls: Record<string, CcxtCall> = {
  'a read': (exchange) => exchange.privatePostBalance(),
  'a read with parameters': (exchange) => exchange.privatePostOpenOrders({ trades: 'true', userref: 7 }),
  'a form order with a conditional close': (exchange) =>
    exchange.privatePostAddOrder({
      pair: 'XBTUSD',
      type: 'buy',
      ordertype: 'limit',
      volume: '1.25',
      price: '37500',
      close: { ordertype: 'stop-loss', price: '30000' },
    }),
  'a JSON batch': (exchange) =>
    exchange.privatePostAddOrderBatch({
      pair: 'XBTUSD',
      orders: [{ type: 'buy', ordertype: 'limit', volume: '1', price: '10' }],
    }),
};

for (const [name, call] of Object.entries(calls)) {
  test(`ccxt's signature made with the decoy is accepted, and ours with the real key equals ccxt's: ${name}`, async () => {
    const sent = await captureOne(wire, call);
    expect(kraken.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
    const real = makeDecoys(kraken);
    const nonce = 1_800_000_000_123;
    const signed = kraken.sign(sent, asReal(real), stampAt(nonce));
    const expected = await ccxtWith(real, nonce, call);
    expect(signed.body.toString()).toBe(expected.body.toString());
    expect(Object.fromEntries(signed.headers)).toMatchObject(
      Object.fromEntries(expected.headers.filter(([header]) => header.startsWith('API-'))),
    );
    expect(JSON.stringify(signed.headers)).not.toContain(decoy.apiKey);
  });
}

// docs.kraken.com/api/docs/guides/spot-rest-auth: the documented key, written so that no scanner takes it for a live one.
const published = {
  secret: [
    'kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76s',
    'z84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==',
  ].join(''),
  nonce: 1616492376594,
  body: 'nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25',
  sign: '4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==',
};
const form = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']] as const;

test("Kraken's documented signature is ours", () => {
  const request = requestOf('POST', 'https://api.kraken.com/0/private/AddOrder', form, published.body);
  const signed = kraken.sign(
    request,
    asReal({ apiKey: decoy.apiKey!, secret: published.secret }),
    stampAt(published.nonce),
  );
  expect(signed.headers).toContainEqual(['API-Sign', published.sign]);
  expect(signed.body.toString()).toBe(published.body);
});

test('only the nonce of a form changes; order and encoding of the rest stay', () => {
  const body = 'pair=XBT%2fUSD&n%6Fnce=1&close%5Bprice%5D=30%30&volume=1.0';
  const request = requestOf('POST', 'https://api.kraken.com/0/private/AddOrder', form, body);
  const signed = kraken.sign(request, asReal(makeDecoys(kraken)), stampAt(99));
  expect(signed.body.toString()).toBe('pair=XBT%2fUSD&n%6Fnce=99&close%5Bprice%5D=30%30&volume=1.0');
});

test('a JSON nonce keeps its kind: number stays number, string stays string', () => {
  const sign = (body: string) =>
    kraken
      .sign(
        requestOf(
          'POST',
          'https://api.kraken.com/0/private/CancelOrderBatch',
          [['content-type', 'application/json']],
          body,
        ),
        asReal(makeDecoys(kraken)),
        stampAt(77),
      )
      .body.toString();
  expect(sign('{"orders":["A"], "nonce":5}')).toBe('{"orders":["A"],"nonce":77}');
  expect(sign('{"nonce":"5","orders":["A"]}')).toBe('{"nonce":"77","orders":["A"]}');
});

test('what the decoy did not sign, or nobody could read one way only, is refused', async () => {
  const sent = await captureOne(wire, (exchange) =>
    exchange.privatePostAddOrder({ pair: 'XBTUSD', volume: '1' }),
  );
  const withBody = (body: string): HttpRequest => ({ ...sent, body: Buffer.from(body) });
  const withHeader = (name: string, value: string): HttpRequest => ({
    ...sent,
    headers: [...sent.headers.filter(([key]) => key !== name), [name, value]],
  });
  const text = sent.body.toString();
  const bad: Record<string, HttpRequest> = {
    'another body': withBody(`${text}0`),
    'another path': { ...sent, path: '/0/private/Withdraw' },
    'another key': withHeader('API-Key', makeDecoys(kraken).apiKey!),
    'another signature': withHeader('API-Sign', createHash('sha512').update('x').digest('base64')),
    'a key twice': { ...sent, headers: [...sent.headers, ['api-key', decoy.apiKey!]] },
    'a query': { ...sent, query: 'volume=9' },
    'a nonce twice': withBody(`${text}&nonce=9`),
    'no nonce': withBody('pair=XBTUSD'),
    'a negative nonce': withBody('nonce=-1'),
    'no content type': { ...sent, headers: sent.headers.filter(([key]) => key !== 'Content-Type') },
    'a compressed body': { ...sent, headers: [...sent.headers, ['Content-Encoding', 'gzip']] },
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(kraken.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(kraken.authenticate({ ...sent, headers: [] }, decoy)).toEqual({ kind: 'none' });
});

test('a public call is forwarded unsigned, without the client’s other headers', () => {
  const request = requestOf('GET', 'https://api.kraken.com/0/public/Ticker?pair=XBTUSD', [
    ['User-Agent', 'x'],
    ['API-Key', 'y'],
    ['X-HTTP-Method-Override', 'POST'],
  ]);
  const signed = kraken.sign(request, undefined, stampAt(1));
  expect(signed).toMatchObject({
    path: '/0/public/Ticker',
    query: 'pair=XBTUSD',
    headers: [['user-agent', 'tradebox']],
  });
});

test('a public call that is posted, as the SDKs on npm do, keeps its form', () => {
  const url = 'https://api.kraken.com/0/public/Ticker';
  const request = requestOf('POST', url, [...form, ['API-Key', 'y']], 'pair=XBTUSD');
  expect(kraken.classify(request)).toMatchObject({ class: 'read', isPublic: true });
  expect(kraken.classify({ ...request, path: '/0/public/Other' })).toMatchObject({ class: 'unknown' });
  const signed = kraken.sign(request, undefined, stampAt(1));
  expect([signed.method, signed.headers, signed.body.toString()]).toEqual([
    'POST',
    [
      ['user-agent', 'tradebox'],
      ['content-type', 'application/x-www-form-urlencoded'],
    ],
    'pair=XBTUSD',
  ]);
  const odd = requestOf('POST', url, [['Content-Type', 'any-text/any-text']], 'pair=XBTUSD');
  expect(kraken.sign(odd, undefined, stampAt(1)).headers).toEqual([['user-agent', 'tradebox']]);
});

test("the classes of ccxt's whole API map are the committed ones", async () => {
  const outcome = classifyEndpoints(
    kraken,
    ccxtEndpoints(wire.exchange).filter(({ api }) => api !== 'zendesk'),
  );
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/kraken.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    // The token that stands in that one answer is swapped for a decoy.
    for (const row of outcome[kind]!.filter((one) => !one.endsWith('/GetWebSocketsToken'))) {
      expect(row, kind).not.toMatch(/withdraw|transfer|key|subaccount|loan|token|Earn\/(Alloc|Dealloc)ate$/i);
    }
  }
});

test('what makes an address is no read, and what hands out a session is swapped', () => {
  const classify = (path: string, body?: string) => {
    const type = body?.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
    const bytes =
      body === undefined ? {} : { headers: [['content-type', type]] as const, body: Buffer.from(body) };
    return kraken.classify({
      host: 'api.kraken.com',
      method: 'POST',
      path: `/0/private/${path}`,
      query: '',
      ...bytes,
    }).class;
  };
  expect(classify('DepositAddresses')).toBe('read');
  for (const body of ['nonce=1&asset=XBT', 'nonce=1&asset=NEWS&new=false', '{"nonce":1,"new":false}']) {
    expect(classify('DepositAddresses', body), body).toBe('read');
  }
  for (const body of [
    'nonce=1&new=true',
    'nonce=1&new=1',
    'nonce=1&new=',
    'nonce=1&%6eew=1',
    'nonce=1&n%65w=true',
    'nonce=1&new=false&new=true',
    '{"nonce":1,"n\\u0065w":true}',
    '{"nonce":1,"new":"yes"}',
    'new=true',
  ]) {
    expect(classify('DepositAddresses', body), body).toBe('funds');
  }
  // A read whose answer's token is replaced by a decoy.
  expect(classify('GetWebSocketsToken')).toBe('read');
  expect(kraken.sessionTokens?.operations.has('0/private/GetWebSocketsToken')).toBe(true);
  expect(classify('AddOrder/')).toBe('unknown');
  expect(classify('Nonsense')).toBe('unknown');
});

test('nothing is signed for a host or an environment that is not Kraken’s (S5, D9)', () => {
  const sign = (url: string, environment: 'live' | 'demo') =>
    kraken.sign(requestOf('POST', url, form, 'nonce=1'), asReal(decoy), stampAt(1, environment));
  expect(() => sign('https://api.kraken.com/0/private/Balance', 'live')).not.toThrow();
  expect(() => sign('https://evil.example/0/private/Balance', 'live')).toThrow('host');
  expect(() => sign('https://api.kraken.com/0/private/Balance', 'demo')).toThrow('host');
});

test('decoys have the form of real values, differ every time, and sign with ccxt', () => {
  const other = makeDecoys(kraken);
  for (const field of kraken.credential) {
    expect(field.explainMalformed?.(decoy[field.name]!), field.name).toBeUndefined();
    expect(other[field.name]).not.toBe(decoy[field.name]);
    expect(field.explainMalformed?.(`${decoy[field.name]}\n`)).toContain('line break');
  }
  expect(kraken.credential[1]!.explainMalformed?.('not base64 at all, but long enough for it')).toBe(
    'is not base64',
  );
});

test('ccxt raises a refusal as PermissionDenied, which nobody retries', async () => {
  const answer = kraken.refuse({ code: 'DENIED', message: 'no orders in this box', requestId: 'r-1' });
  const raised = await raisedBy(
    'kraken',
    { apiKey: decoy.apiKey, secret: decoy.secret },
    answer,
    (exchange) => exchange.privatePostAddOrder({}),
  );
  expect(raised).toBeInstanceOf(ccxt.PermissionDenied);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders in this box (request r-1)');
});
