// OKX's socket messages, read without a sidecar. Independent oracle: the frames that okx-api and ccxt make are in test/e2e.
import { expect, test } from 'vitest';
import { okx } from '../../../../src/venues/okx/okx.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';

const session = (kind: string, query = '') =>
  okx.socket?.open({ host: 'ws.okx.com', path: `/ws/v5/${kind}`, query }, 'demo');
const read = (kind: string, message: unknown): SocketMessage | undefined =>
  session(kind)?.read(typeof message === 'string' ? message : JSON.stringify(message));

test('three paths, and no query but the simulated broker', () => {
  expect(session('private', 'brokerId=9999')?.target).toEqual({
    path: '/ws/v5/private',
    query: 'brokerId=9999',
  });
  for (const [kind, query] of [
    ['orders', ''],
    ['private/', ''],
    ['public', 'a=b'],
    ['public', 'brokerId=x'],
  ])
    expect(session(kind ?? '', query)).toBeUndefined();
});

test.each([
  ['order', 'trade/order'],
  ['cancel-order', 'trade/cancel-order'],
  ['amend-order', 'trade/amend-order'],
  ['mass-cancel', 'trade/mass-cancel'],
  ['sprd-order', 'sprd/order'],
])('%s is the REST request %s of its one argument', (op, path) => {
  const message = read('private', { id: '1', op, args: [{ instId: 'BTC-USDT', sz: '1' }] });
  expect(message).toMatchObject({
    kind: 'trade',
    operation: op,
    request: { method: 'POST', path: `/api/v5/${path}` },
  });
  if (message?.kind !== 'trade') throw new Error('not a trade');
  expect(String(message.request.body)).toBe('{"instId":"BTC-USDT","sz":"1"}');
  expect(okx.classify(message.request).class).not.toBe('unknown');
  expect(read('private', { id: '1', op, args: [] })).toMatchObject({ kind: 'unknown' });
  expect(read('private', { id: '1', op, args: [{}, {}] })).toMatchObject({ kind: 'unknown' });
});

test.each([
  ['batch-orders', 'trade/batch-orders'],
  ['batch-cancel-orders', 'trade/cancel-batch-orders'],
  ['batch-amend-orders', 'trade/amend-batch-orders'],
])('%s is the REST request %s of the whole list', (op, path) => {
  const message = read('private', { id: 7, op, args: [{ a: '1' }, { a: '2' }] });
  expect(message).toMatchObject({ kind: 'trade', request: { path: `/api/v5/${path}` } });
  if (message?.kind === 'trade') expect(String(message.request.body)).toBe('[{"a":"1"},{"a":"2"}]');
});

test.each([
  ['another member', { op: 'subscribe', args: [{ channel: 'tickers', instId: 'A-B' }], extra: 1 }],
  ['args that are no list', { op: 'subscribe', args: {} }],
  ['a nested parameter', { op: 'subscribe', args: [{ channel: 'tickers', instId: { a: 1 } }] }],
  ['a channel of another socket', { op: 'subscribe', args: [{ channel: 'candle1m', instId: 'A-B' }] }],
  ['an id with quotes', { id: 'a"b', op: 'subscribe', args: [{ channel: 'tickers' }] }],
  ['two accounts', { op: 'login', args: [{}, {}] }],
  ['a duplicate member', '{"op":"order","op":"login","args":[{}]}'],
  ['upper-case PING', 'PING'],
])('unknown: %s', (_what, message) => {
  expect(read('public', message)).toMatchObject({ kind: 'unknown' });
});

test('a refusal is an event, or the answer to an order’s id', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  expect(JSON.parse(session('private')?.refuse('garbage', refusal) ?? '')).toMatchObject({
    event: 'error',
    code: '50120',
  });
  expect(
    JSON.parse(session('private')?.refuse('{"id":5,"op":"order","args":[]}', refusal) ?? ''),
  ).toMatchObject({
    id: 5,
    op: 'order',
    code: '50120',
  });
});
