// Kraken's WebSocket v2, read without a sidecar: orders as REST requests, tokens swapped, what nobody understands refused.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { isStrictObject, parseStrictJson, type StrictObject } from '../../../../src/venues/json-strict.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';
import { sessionTokens } from '../../../../src/venues/kraken/socket.js';
import { restCallOf, tradeMethods } from '../../../../src/venues/kraken/socket-orders.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { stampAt } from '../../../support/venue-requests.js';

const open = (host: string) => kraken.socket?.open({ host, path: '/v2', query: '' }, 'live');
const read = (message: object, host = 'ws-auth.kraken.com'): SocketMessage | undefined =>
  open(host)?.read(JSON.stringify(message));
const token = 'the-decoy';
const limit = {
  order_type: 'limit',
  side: 'buy',
  symbol: 'BTC/USD',
  order_qty: 0.01,
  limit_price: 50_000.5,
  token,
};
const context = {
  account: 'a',
  environment: 'live' as const,
  instruments: new Map([['BTC/USD', 'BTC/USD']]),
};

function intentsOf(method: string, params: object) {
  const message = read({ method, params, req_id: 1 });
  if (message?.kind !== 'trade') throw new Error(`${method}: ${JSON.stringify(message)}`);
  return kraken.parseOrders(message.request, context);
}

test('channels of the market are open, those of the account need a token and their own host', () => {
  const subscribe = (params: object, host?: string) => read({ method: 'subscribe', params, req_id: 1 }, host);
  expect(subscribe({ channel: 'ticker', symbol: ['BTC/USD'] }, 'ws.kraken.com')).toMatchObject({
    kind: 'read',
  });
  expect(subscribe({ channel: 'book', symbol: ['BTC/USD'], depth: 10 })).toMatchObject({ kind: 'read' });
  expect(read({ method: 'ping' })).toMatchObject({ kind: 'read' });
  const login = subscribe({ channel: 'executions', token, snap_orders: true });
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.token).toBe(token);
  expect(JSON.parse(login.write({}, { ...stampAt(1), token: 'real' })).params).toEqual({
    channel: 'executions',
    token: 'real',
    snap_orders: true,
  });
  for (const [params, host] of [
    [{ channel: 'executions' }, undefined],
    [{ channel: 'executions', token }, 'ws.kraken.com'],
    [{ channel: 'withdrawals', token }, undefined],
    [{ channel: 'ticker', symbol: ['BTC/USD'], more: 1 }, undefined],
    [{ channel: 'ticker', symbol: 'BTC/USD' }, undefined],
    [{ channel: 'ticker', depth: { a: 1 } }, undefined],
  ] as const)
    expect(subscribe(params, host), JSON.stringify(params)).toMatchObject({ kind: 'unknown' });
  expect(read({ method: 'add_order', params: limit, req_id: 1 }, 'ws.kraken.com')).toMatchObject({
    kind: 'unknown',
  });
});

test('an order is AddOrder to the last digit, and leaves with the real token and the gate’s id', () => {
  const message = read({ method: 'add_order', params: limit, req_id: 7 });
  if (message?.kind !== 'trade') throw new Error('not a trade');
  expect(message.request.path).toBe('/0/private/AddOrder');
  expect(JSON.parse(String(message.request.body))).toEqual({
    nonce: '1',
    ordertype: 'limit',
    type: 'buy',
    price: '50000.5',
    volume: '0.01',
    pair: 'BTC/USD',
  });
  const parsed = kraken.parseOrders(message.request, context);
  expect(parsed).toMatchObject({
    ok: true,
    intents: [{ action: 'place', instrument: 'BTC/USD', side: 'buy' }],
  });
  const stamped =
    kraken.admin?.withClientOrderIds?.(message.request, () => 'tbx0123456789abcdef') ?? message.request;
  const sent = JSON.parse(message.write(stamped, {}, { ...stampAt(1), token: 'real' }));
  const cl_ord_id = 'bx0123456789abcdef';
  expect(sent).toEqual({ method: 'add_order', params: { ...limit, cl_ord_id, token: 'real' }, req_id: 7 });
});

test.each([
  [
    'market in quote',
    { order_type: 'market', side: 'buy', cash_order_qty: 100 },
    { quantity: { unit: 'quote' } },
  ],
  ['post-only', { ...limit, post_only: true }, { timeInForce: 'post-only' }],
  [
    'stop-loss-limit',
    { ...limit, order_type: 'stop-loss-limit', triggers: { price: 49_000, reference: 'last' } },
    { type: 'stop-limit' },
  ],
  [
    'take-profit',
    { order_type: 'take-profit', side: 'sell', order_qty: 1, triggers: { price: 9 } },
    { type: 'take-profit' },
  ],
])('%s', (_what, params, intent) => {
  expect(intentsOf('add_order', { symbol: 'BTC/USD', token, ...params })).toMatchObject({
    ok: true,
    intents: [intent],
  });
});

test.each([
  [
    'amend_order',
    { order_id: 'OABCDE-FGHIJ-KLMNOP', limit_price: 1, token },
    'amend',
    '/0/private/AmendOrder',
  ],
  [
    'cancel_order',
    { order_id: ['OABCDE-FGHIJ-KLMNOP'], cl_ord_id: ['c1'], token },
    'cancel',
    '/0/private/CancelOrderBatch',
  ],
  [
    'batch_cancel',
    { orders: ['OABCDE-FGHIJ-KLMNOP', 'OABCDE-FGHIJ-KLMNOQ'], token },
    'cancel',
    '/0/private/CancelOrderBatch',
  ],
  ['cancel_all', { token }, 'cancel', '/0/private/CancelAll'],
  ['cancel_all_orders_after', { timeout: 60, token }, 'cancel', '/0/private/CancelAllOrdersAfter'],
  [
    'batch_add',
    { symbol: 'BTC/USD', orders: [limit, limit].map(({ symbol: _s, token: _t, ...one }) => one), token },
    'place',
    '/0/private/AddOrderBatch',
  ],
])('%s is the REST request that does the same', (method, params, action, path) => {
  const message = read({ method, params, req_id: 1 });
  if (message?.kind !== 'trade') throw new Error('not a trade');
  expect(message.request.path).toBe(path);
  expect(['order', 'amend', 'cancel']).toContain(kraken.classify(message.request).class);
  expect(intentsOf(method, params)).toMatchObject({
    ok: true,
    intents: expect.arrayContaining([expect.objectContaining({ action })]),
  });
  expect(tradeMethods.has(method)).toBe(true);
});

test('a disarmed dead-man switch is refused like over REST', () => {
  expect(intentsOf('cancel_all_orders_after', { timeout: 0, token })).toMatchObject({ ok: false });
});

test.each([
  ['margin', { ...limit, margin: true }],
  ['a relative price', { ...limit, limit_price_type: 'pct' }],
  ['a conditional close', { ...limit, conditional: { order_type: 'limit' } }],
  ['a start in the future', { ...limit, effective_time: '2027-01-01T00:00:00Z' }],
  ['both kinds of quantity', { ...limit, cash_order_qty: 5 }],
  ['a new parameter', { ...limit, leverage_x: 5 }],
  ['a trigger of another kind', { ...limit, triggers: { price: 1, price_type: 'pct' } }],
  ['a quantity in quote money within a list', { ...limit, cash_order_qty: [900] }],
  ['a time in force that is no text', { ...limit, time_in_force: { a: 'gtc' } }],
  ['a client order id that is no text', { ...limit, cl_ord_id: ['mine'] }],
  ['a flag that is no boolean', { ...limit, post_only: 'false' }],
])('unknown: %s', (_what, params) => {
  expect(read({ method: 'add_order', params, req_id: 1 })).toMatchObject({ kind: 'unknown' });
  const parsed = parseStrictJson(Buffer.from(JSON.stringify(params)));
  expect(
    restCallOf(
      'add_order',
      parsed.ok && isStrictObject(parsed.value) ? parsed.value : (new Map() as StrictObject),
    ),
  ).toBeUndefined();
});

test('other messages that are unknown', () => {
  for (const message of [
    { method: 'add_order', params: limit },
    { method: 'add_order', params: limit, req_id: 'a' },
    { method: 'cancel_order', params: { order_userref: [1], token }, req_id: 1 },
    { method: 'edit_order', params: { token }, req_id: 1 },
    { method: 'batch_add', params: { symbol: 'BTC/USD', orders: [{ ...limit, more: 1 }], token }, req_id: 1 },
  ])
    expect(read(message), JSON.stringify(message)).toMatchObject({ kind: 'unknown' });
});

test('answers in REST’s shape', () => {
  const message = read({ method: 'add_order', params: limit, req_id: 7 });
  if (message?.kind !== 'trade') throw new Error('not a trade');
  const placed = (answer: object) => {
    const heard = message.answerIn(JSON.stringify({ method: 'add_order', req_id: 7, ...answer }));
    return heard === undefined ? undefined : kraken.admin?.readPlaced(heard);
  };
  expect(placed({ success: true, result: { order_id: 'O1' } })).toMatchObject([
    { isAccepted: true, venueOrderId: 'O1' },
  ]);
  expect(placed({ success: false, error: 'EOrder:Insufficient funds' })).toMatchObject([
    { isAccepted: false },
  ]);
  expect(placed({ success: true, result: [{ order_id: 'O1' }, { order_id: 'O2' }] })).toHaveLength(2);
  expect(placed({ req_id: 8 })).toBeUndefined();
  expect(placed({ method: 'cancel_order' })).toBeUndefined();
});

test('the token of GetWebSocketsToken is found and replaced; errors and garbage are told apart', () => {
  const found = sessionTokens.read(Buffer.from('{"error":[],"result":{"token":"a\\/b+c","expires":900}}'));
  if (found?.kind !== 'token') throw new Error('no token');
  expect(found.token).toBe('a/b+c');
  expect(String(found.withToken('d'))).toBe('{"error":[],"result":{"token":"d","expires":900}}');
  expect(sessionTokens.read(Buffer.from('{"error":["EAPI:Invalid key"]}'))).toEqual({ kind: 'none' });
  for (const text of ['', '[]', '{"token":"x"}', '<html>'])
    expect(sessionTokens.read(Buffer.from(text))).toBeUndefined();
  expect(sessionTokens.makeDecoy(randomBytes)).toMatch(/^[A-Za-z0-9+/]{43}$/);
});

test('a refusal repeats method and number', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  const refuse = (text: string) => JSON.parse(open('ws-auth.kraken.com')?.refuse(text, refusal) ?? '');
  expect(refuse('{"method":"add_order","req_id":7}')).toMatchObject({
    method: 'add_order',
    req_id: 7,
    success: false,
  });
  expect(refuse('{')).toMatchObject({ success: false, error: expect.stringContaining('r-1') });
});
