// Hyperliquid's paper socket by hand-made messages: subscriptions told when they change, posts that go the way of REST.
import { expect, test } from 'vitest';
import { openSocket } from '../../../../src/paper/hyperliquid/socket.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { asReal, stampAt } from '../../../support/venue-requests.js';

const host = 'api.hyperliquid.xyz';

test('subscriptions are told once until they change', () => {
  const never = () => {
    throw new Error('asked');
  };
  expect(openSocket({ host, path: '/info', query: '' }, never)).toBeUndefined();
  const paper = paperSockets(hyperliquid);
  const { say, tell } = paper.open(host, '/ws');
  expect(say({ method: 'ping' })).toEqual([{ channel: 'pong' }]);
  const coin = 'BTC';
  const all = [
    { type: 'l2Book', coin },
    { type: 'trades', coin },
    { type: 'activeAssetCtx', coin },
    { type: 'allMids' },
  ];
  for (const subscription of all)
    expect(say({ method: 'subscribe', subscription })).toEqual([
      { channel: 'subscriptionResponse', data: { method: 'subscribe', subscription } },
    ]);
  expect(tell().map(({ channel }) => channel)).toEqual(['l2Book', 'trades', 'activeAssetCtx', 'allMids']);
  expect(tell()).toEqual([]);
  for (const subscription of all.slice(1)) say({ method: 'unsubscribe', subscription });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ channel }) => channel)).toEqual(['l2Book']);
  for (const message of [
    '{',
    { method: 'subscribe', subscription: { type: 'l2Book', coin: 'NOPE' } },
    { method: 'subscribe', subscription: { type: 'candle', coin } },
    { method: 'subscribe', subscription: { type: 'orderUpdates', user: '0x0' } },
    { method: 'subscribe' },
    { method: 'post', id: 1 },
  ])
    expect(say(message), JSON.stringify(message)).toMatchObject([{ channel: 'error' }]);
});

test('a posted order is answered by its number and told to its account', () => {
  const paper = paperSockets(hyperliquid);
  const { say, tell } = paper.open(host, '/ws');
  const user = paper.secrets.accountAddress;
  say({ method: 'subscribe', subscription: { type: 'orderUpdates', user } });
  const post = (type: string, payload: object) =>
    say({ method: 'post', id: 5, request: { type, payload } })[0];
  expect(post('info', { type: 'meta' }).data).toMatchObject({
    id: 5,
    response: { type: 'info', payload: { type: 'info' } },
  });
  const nowMs = paper.clock.nowMs();
  const order = { a: 0, b: true, p: '50000', s: '0.01', r: false, t: { limit: { tif: 'Gtc' } } };
  const action = { type: 'order', orders: [order], grouping: 'na' };
  const body = Buffer.from(JSON.stringify({ action, nonce: nowMs, signature: {} }));
  const headers = [['content-type', 'application/json']] as const;
  const bare = { method: 'POST', host, port: 443, path: '/exchange', query: '', headers, body };
  const signed = hyperliquid.sign(bare, asReal(paper.secrets), {
    ...stampAt(nowMs, 'paper'),
    nonce: BigInt(nowMs),
  });
  const placed = post('action', JSON.parse(String(signed.body)));
  expect(placed.data).toMatchObject({ id: 5, response: { type: 'action', payload: { status: 'ok' } } });
  expect(tell()).toMatchObject([
    { channel: 'orderUpdates', data: [{ status: 'open', order: { coin: 'BTC' } }] },
  ]);
  expect(tell()).toEqual([]);
  expect(post('action', { action: 1 }).data.response.type).toBe('error');
});
