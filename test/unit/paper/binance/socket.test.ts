// Binance's paper sockets by hand-made messages: streams by name, a book that stays whole, the WebSocket API as Binance judges it.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { wordingOf } from '../../../../src/paper/binance/faults.js';
import { openRoute, ownRoute } from '../../../../src/paper/binance/routes.js';
import { openSocket } from '../../../../src/paper/binance/socket.js';
import { ApiSocket } from '../../../../src/paper/binance/socket-api.js';
import { apiMethods } from '../../../../src/paper/binance/socket-methods.js';
import { watchStream } from '../../../../src/paper/binance/streams.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { PaperFault } from '../../../../src/paper/fault.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { wsApis } from '../../../../src/venues/binance/ws-api-methods.js';
import { paperSockets } from '../../../support/paper-socket.js';

const host = 'stream.binance.com';

test('only the hosts and paths that are on paper', () => {
  const at = (name: string, path: string) => openSocket({ host: name, path, query: '' });
  for (const path of ['/ws', '/ws/0', '/stream', '/ws/btcusdt@trade'])
    expect(at(host, path), path).toBeDefined();
  expect(at('fstream.binance.com', '/public/ws/0')).toBeDefined();
  expect(at('ws-api.binance.com', '/ws-api/v3')).toBeInstanceOf(ApiSocket);
  expect(at('ws-api.binance.com', '/ws')).toBeUndefined();
  for (const [name, path] of [
    ['ws-fapi', '/ws-fapi/v1'],
    ['ws-dapi', '/ws-dapi/v1'],
  ] as const) {
    expect(at(`${name}.binance.com`, path)).toBeInstanceOf(ApiSocket);
    expect(at('ws-api.binance.com', path)).toBeUndefined();
    expect(at(`${name}.binance.com`, '/ws-api/v3')).toBeUndefined();
  }
  expect(at('dstream.binance.com', '/ws')).toBeUndefined();
  expect(at(host, '/other')).toBeUndefined();
});

test('streams in the path and by message are told once until they change, bare or combined', () => {
  const paper = paperSockets(binance);
  const { say, tell } = paper.open(host, '/ws/btcusdt@bookTicker');
  const names = ['ticker', 'miniTicker', 'trade', 'aggTrade', 'kline_1m', 'depth5'].map(
    (kind) => `btcusdt@${kind}`,
  );
  expect(say({ method: 'SUBSCRIBE', params: [...names, '!miniTicker@arr'], id: 3 })).toEqual([
    { result: null, id: 3 },
  ]);
  const told = tell();
  expect(told).toHaveLength(8);
  expect(told[1]).toMatchObject({ e: '24hrTicker', s: 'BTCUSDT' });
  expect(told[6].bids).toHaveLength(5);
  expect(told[7].length).toBeGreaterThan(1);
  expect(tell()).toEqual([]);
  say({ method: 'UNSUBSCRIBE', params: names, id: 4 });
  say({ method: 'SET_PROPERTY', params: ['combined', true], id: 5 });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ stream }) => stream)).toEqual(['btcusdt@bookTicker', '!miniTicker@arr']);
  expect(say({ method: 'GET_PROPERTY', params: ['combined'], id: 6 })).toEqual([{ result: true, id: 6 }]);
  expect(say({ method: 'LIST_SUBSCRIPTIONS', id: 7 })[0].result).toEqual([
    'btcusdt@bookTicker',
    '!miniTicker@arr',
  ]);
  for (const stream of ['nope@ticker', 'btcusdt@nothing', '!nothing@arr'])
    expect(say({ method: 'SUBSCRIBE', params: [stream], id: 8 })[0].error.code, stream).toBe(2);
  expect(say('{')[0].error.code).toBe(2);
  expect(say({ method: ['SUBSCRIBE'], id: [9] })[0].error.code).toBe(2);
});

test('the updates of a book, applied to REST’s snapshot, are the book of later', () => {
  const engine = new Engine({ seed: 'book', accounts: [] });
  const startMs = Date.UTC(2026, 0, 1);
  engine.advance(startMs);
  const [depth, whole] = [watchStream('btcusdt@depth', true), watchStream('btcusdt@depth20', true)];
  type Rows = [string, string][];
  const book = new Map((depth(engine) as { b: Rows }).b);
  let last = engine.second;
  for (const second of [1, 2, 5, 20]) {
    engine.advance(startMs + second * 1000);
    const update = depth(engine) as { U: number; u: number; pu: number; b: Rows };
    expect([update.U, update.pu, update.u]).toEqual([last + 1, last, engine.second]);
    last = update.u;
    for (const [price, size] of update.b) {
      if (size === '0') book.delete(price);
      else book.set(price, size);
    }
    const best = (whole(engine) as { bids: Rows }).bids;
    const rows = [...book].sort(([one], [other]) => Number(other) - Number(one));
    expect(rows.slice(0, 20)).toEqual(best);
  }
  expect(depth(engine)).toBeUndefined();
});

test('each method stands for a route, and those that trade for the one that the leaf says', () => {
  for (const [path, { open, own }] of apiMethods) {
    for (const route of open.values()) expect(openRoute(route), route).toBeTypeOf('function');
    for (const route of own.values()) expect(ownRoute(route), route).toBeTypeOf('function');
    const known = wsApis.get(path);
    for (const [method, route] of own) {
      const trades = known?.trades.get(method);
      expect(trades ?? (known?.signed.has(method) ? route : undefined), `${path} ${method}`).toBe(route);
    }
    for (const method of open.keys()) expect(known?.open.has(method), method).toBe(true);
  }
  expect([...apiMethods.keys()]).toEqual([...wsApis.keys()]);
});

test('the WebSocket API judges key, signature and time, trades, and tells its user', () => {
  const paper = paperSockets(binance);
  const { say, tell } = paper.open('ws-api.binance.com', '/ws-api/v3');
  const { apiKey, secretKey = '' } = paper.secrets;
  const call = (
    method: string,
    given: object = {},
    change: { secret?: string; apiKey?: string; late?: number } = {},
  ) => {
    const timestamp = paper.clock.nowMs() - (change.late ?? 0);
    const params: Record<string, unknown> = { ...given, apiKey: change.apiKey ?? apiKey, timestamp };
    const payload = Object.keys(params)
      .sort()
      .map((name) => `${name}=${params[name]}`)
      .join('&');
    const signature = createHmac('sha256', change.secret ?? secretKey)
      .update(payload)
      .digest('hex');
    return say({ id: 'x', method, params: { ...params, signature } })[0];
  };
  expect(say({ id: 1, method: 'time' })).toMatchObject([
    { id: 1, status: 200, result: { serverTime: paper.clock.nowMs() } },
  ]);
  expect(say({ id: 1, method: ['time'] })[0].status).not.toBe(200);
  expect(call('account.status', {}, { secret: 'another' }).error.code).toBe(-1022);
  expect(call('account.status', {}, { apiKey: 'another' }).error.code).toBe(-2015);
  expect(call('account.status', {}, { late: 6000 }).error.code).toBe(-1021);
  expect(call('account.status').result.canTrade).toBe(true);
  expect(call('sor.order.place').error.code).toBe(-1020);
  expect(call('userDataStream.subscribe.signature').result).toEqual({ subscriptionId: 0 });
  expect(tell()).toEqual([]);
  const order = {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.01',
    price: '50000',
  };
  const { orderId } = call('order.place', order).result;
  expect(tell().map(({ event }) => [event.e, event.X ?? ''])).toEqual([
    ['executionReport', 'NEW'],
    ['outboundAccountPosition', ''],
  ]);
  const fewer = (newQty: string) => call('order.amend.keepPriority', { symbol: 'BTCUSDT', orderId, newQty });
  expect(fewer('0.02').error.code).toBe(-1100);
  expect(fewer('0.005').result.amendedOrder).toMatchObject({ orderId, qty: '0.005', status: 'NEW' });
  expect(tell()[0].event).toMatchObject({ i: orderId, q: '0.005' });
  expect(call('order.cancel', { symbol: 'BTCUSDT', orderId }).result.status).toBe('CANCELED');
  expect(tell()[0].event).toMatchObject({ i: orderId, X: 'CANCELED' });
  expect(call('order.status', { symbol: 'BTCUSDT', orderId: 1 }).error.code).toBe(-2013);
  expect(say('[]')[0].error.code).toBe(-2014);
});

test('a fault has its status and code, by market', () => {
  const fault = new PaperFault('INSUFFICIENT_BALANCE');
  expect(wordingOf(fault, { method: 'POST', path: '/api/v3/order' }).slice(0, 2)).toEqual([400, -2010]);
  expect(wordingOf(fault, { method: 'POST', path: '/fapi/v1/order' }).slice(0, 2)).toEqual([400, -2019]);
});
