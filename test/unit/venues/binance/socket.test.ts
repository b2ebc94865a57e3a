// Binance's socket messages, read without a sidecar, beside those that ccxt and the binance SDK really make.
import { createHmac } from 'node:crypto';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { isStream, readStreamMessage, readsStreams } from '../../../../src/venues/binance/streams.js';
import { readApiMessage } from '../../../../src/venues/binance/ws-api.js';
import { wsApis } from '../../../../src/venues/binance/ws-api-methods.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const api = wsApis.get('/ws-api/v3');
const read = (message: object): SocketMessage => {
  if (api === undefined) throw new Error('no API');
  return readApiMessage(JSON.stringify(message), api, 'live');
};

/** Independent of the leaf. */
function sign(params: Record<string, unknown>, secret = ''): Record<string, unknown> {
  const names = Object.keys(params).sort();
  const payload = names.map((name) => `${name}=${params[name]}`).join('&');
  return { ...params, signature: createHmac('sha256', secret).update(payload).digest('hex') };
}

const decoy = makeDecoys(binance);
const signedAtMs = 1_799_999_999_000;
const order = (more: object = {}) =>
  sign(
    {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: 0.01,
      price: '50000.10',
      recvWindow: 5000,
      apiKey: decoy.apiKey,
      timestamp: signedAtMs,
      ...more,
    },
    decoy.secretKey,
  );

test('names of streams, and no listenKey', () => {
  for (const name of [
    'btcusdt@depth@100ms',
    'btcusdt@kline_1m',
    '!miniTicker@arr',
    '!bookTicker',
    'btcusdt@markPrice@1s',
  ])
    expect(isStream(name), name).toBe(true);
  const listenKey = 'pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1';
  for (const name of [
    listenKey,
    `${listenKey}@account`,
    'btcusdt',
    'btcusdt@',
    '!userData@arr',
    'btcusdt@depth/..',
  ])
    expect(isStream(name), name).toBe(false);
  for (const [path, query] of [
    ['/ws', 'timeUnit=MICROSECOND'],
    ['/ws/btcusdt@trade/ethusdt@trade', ''],
    ['/stream', 'streams=btcusdt@trade/!ticker@arr'],
    ['/market/ws/3', ''],
  ])
    expect(readsStreams(path ?? '', query ?? ''), path).toBe(true);
  for (const [path, query] of [
    [`/ws/${listenKey}`, ''],
    ['/private/ws', `listenKey=${listenKey}`],
    ['/stream', `streams=${listenKey}`],
    ['/stream', 'streams=btcusdt@trade&streams=x'],
    ['/pm/ws', ''],
  ])
    expect(readsStreams(path ?? '', query ?? ''), path).toBe(false);
});

test('streams take subscriptions and questions about them alone', () => {
  const say = (message: object) => readStreamMessage(JSON.stringify(message)).kind;
  expect(say({ method: 'SUBSCRIBE', params: ['btcusdt@ticker'], id: 1 })).toBe('read');
  expect(say({ method: 'LIST_SUBSCRIPTIONS', id: 'a' })).toBe('read');
  expect(say({ method: 'SET_PROPERTY', params: ['combined', true], id: 2 })).toBe('read');
  for (const message of [
    { method: 'SUBSCRIBE', params: ['x'.repeat(64)], id: 1 },
    { method: 'SUBSCRIBE', params: ['btcusdt@ticker'], id: { a: 1 } },
    { method: 'REQUEST', params: ['key@account'], id: 1 },
    { method: 'SET_PROPERTY', params: ['combined', true, 1], id: 2 },
    { method: 'SUBSCRIBE', params: ['btcusdt@ticker'], extra: 1 },
  ])
    expect(say(message), JSON.stringify(message)).toBe('unknown');
});

test('every method that trades is a row of the REST table, of a class that asks the gate', () => {
  for (const [path, one] of wsApis) {
    for (const [method, target] of one.trades) {
      const message = readApiMessage(JSON.stringify({ id: 1, method, params: order() }), one, 'live');
      if (message.kind !== 'trade') throw new Error(`${path} ${method}`);
      expect(`${message.request.method} ${message.request.path}`).toBe(target);
      expect(['order', 'amend', 'cancel', 'unknown'], method).toContain(
        binance.classify(message.request).class,
      );
      for (const name of ['apiKey', 'signature'])
        expect(`${message.request.query}${message.request.body}`).not.toContain(name);
      // The gate refuses an order that was signed long ago.
      expect(binance.signedAtMs?.(message.request)).toBe(signedAtMs);
    }
  }
});

test('an order is checked with the decoy and signed with the real key over what left the gate', () => {
  const real = makeDecoys(binance);
  const message = read({ id: 'a1', method: 'order.place', params: order() });
  if (message.kind !== 'trade') throw new Error('not a trade');
  expect(message.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  expect(message.authenticate?.(real)).toMatchObject({ kind: 'invalid' });
  expect(message.authenticate?.({})).toMatchObject({ kind: 'invalid' });
  expect(binance.parseOrders(message.request, { account: 'a', environment: 'live' })).toMatchObject({
    ok: true,
    intents: [{ action: 'place', instrument: 'BTCUSDT' }],
  });
  const stamped = binance.admin?.withClientOrderIds?.(message.request, () => 'tbx1') ?? message.request;
  const { params, ...frame } = JSON.parse(message.write(stamped, asReal(real), stampAt(1_800_000_000_000)));
  expect(frame).toEqual({ id: 'a1', method: 'order.place' });
  const { signature: _, ...unsigned } = params;
  expect(unsigned).toMatchObject({
    quantity: 0.01,
    price: '50000.10',
    newClientOrderId: 'tbx1',
    apiKey: real.apiKey,
  });
  expect(unsigned.timestamp).toBe(1_800_000_000_000);
  expect(params).toEqual(sign(unsigned, real.secretKey));
  const answer = { id: 'a1', status: 400, error: { code: -2010, msg: 'no' } };
  expect(message.answerIn(JSON.stringify(answer))).toEqual({
    status: 400,
    body: Buffer.from('{"code":-2010,"msg":"no"}'),
  });
  expect(message.answerIn(JSON.stringify({ ...answer, id: 'b' }))).toBeUndefined();
  expect(message.answerIn('{"id":"a1"}')).toBeUndefined();
});

test.each([
  ['a changed parameter', { ...order(), price: '60000.10' }, 'invalid'],
  ['no signature', { ...order(), signature: undefined }, 'invalid'],
  ['another key', order({ apiKey: 'x'.repeat(64) }), 'invalid'],
])('forged: %s', (_what, params, kind) => {
  const message = read({ id: 1, method: 'order.place', params });
  if (message.kind !== 'trade') throw new Error('not a trade');
  expect(message.authenticate?.(decoy)).toMatchObject({ kind });
});

test.each([
  ['a nested parameter', { id: 1, method: 'order.place', params: { ...order(), x: { a: 1 } } }],
  [
    'a value that could be signed in two ways',
    { id: 1, method: 'order.place', params: order({ newClientOrderId: 'a/b' }) },
  ],
  ['a time that is none', { id: 1, method: 'order.place', params: order({ timestamp: 1 }) }],
  ['a window too long', { id: 1, method: 'order.place', params: order({ recvWindow: 99_000 }) }],
  ['an order without an id', { method: 'order.place', params: order() }],
  ['a listenKey', { id: 1, method: 'userDataStream.start', params: { apiKey: 'x' } }],
  ['a logon, after which nothing is signed', { id: 1, method: 'session.logon', params: order() }],
  ['another API’s method', { id: 1, method: 'order.modify', params: order() }],
])('unknown: %s', (_what, message) => {
  expect(read(message)).toMatchObject({ kind: 'unknown' });
});

// Independent oracle: what ccxt itself signs.
test('ccxt’s signed subscription passes, and ours equals the one it makes with the real key', () => {
  const paramsOf = (keys: Record<string, string>) => {
    const client = new ccxt.pro.binance({ apiKey: keys.apiKey, secret: keys.secretKey }) as unknown as {
      signParams(params: object): Record<string, unknown>;
      nonce(): number;
    };
    client.nonce = () => 1_800_000_000_000;
    return client.signParams({});
  };
  const real = makeDecoys(binance);
  const message = read({ id: '1', method: 'userDataStream.subscribe.signature', params: paramsOf(decoy) });
  if (message.kind !== 'login') throw new Error('not a login');
  expect(message.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  const { params } = JSON.parse(message.write(asReal(real), stampAt(1_800_000_000_000)));
  expect(params).toEqual(paramsOf(real));
});

test.each([
  ['STOP_MARKET', {}, { type: 'stop', trigger: '45000' }],
  ['STOP', { price: '44900' }, { type: 'stop-limit', price: '44900', trigger: '45000' }],
  ['TAKE_PROFIT_MARKET', {}, { type: 'take-profit', trigger: '45000' }],
])(
  'a conditional order of futures on their socket is the one that it would be over REST: %s',
  (type, more, expected) => {
    const futures = wsApis.get('/ws-fapi/v1');
    if (futures === undefined) throw new Error('no API');
    const params = sign(
      {
        symbol: 'BTCUSDT',
        side: 'SELL',
        type,
        algoType: 'CONDITIONAL',
        quantity: '0.01',
        triggerPrice: '45000',
        clientAlgoId: 'mine',
        apiKey: decoy.apiKey,
        timestamp: signedAtMs,
        ...more,
      },
      decoy.secretKey,
    );
    const message = readApiMessage(
      JSON.stringify({ id: 1, method: 'algoOrder.place', params }),
      futures,
      'live',
    );
    if (message.kind !== 'trade') throw new Error('not a trade');
    expect(message.authenticate?.(decoy)).toEqual({ kind: 'valid' });
    expect(message.request).toMatchObject({
      method: 'POST',
      host: 'fapi.binance.com',
      path: '/fapi/v1/algoOrder',
    });
    const parsed = binance.parseOrders(message.request, { account: 'a', environment: 'live' });
    if (!parsed.ok) throw new Error(parsed.code);
    const { price, trigger, quantity, asks: _asks, ...rest } = parsed.intents[0] ?? ({} as never);
    const amounts = { price, trigger, quantity: quantity?.value };
    const told = Object.entries(amounts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, formatDecimal(value)] as const],
    );
    expect({ ...rest, ...Object.fromEntries(told) }).toEqual({
      venue: 'binance',
      account: 'a',
      moneyMode: 'LIVE',
      action: 'place',
      instrument: 'BTCUSDT',
      isDerivative: true,
      side: 'sell',
      clientOrderId: 'mine',
      quantity: '0.01',
      ...expected,
    });
    expect(binance.admin?.covers?.(binance.classify(message.request).operation)).toBe(true);
  },
);

test('a conditional order that the socket’s REST row would refuse is refused', () => {
  const futures = wsApis.get('/ws-fapi/v1');
  if (futures === undefined) throw new Error('no API');
  const params = order({ type: 'STOP_MARKET', algoType: 'TWAP', price: undefined, timeInForce: undefined });
  const message = readApiMessage(
    JSON.stringify({ id: 1, method: 'algoOrder.place', params }),
    futures,
    'live',
  );
  if (message.kind !== 'trade') throw new Error('not a trade');
  expect(binance.parseOrders(message.request, { account: 'a', environment: 'live' })).toMatchObject({
    ok: false,
    code: 'ORDER_TYPE_UNSUPPORTED',
  });
});
