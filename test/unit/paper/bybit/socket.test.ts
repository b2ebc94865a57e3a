// Bybit's paper sockets by hand-made frames: topics, logins as Bybit judges them, orders that go the way of REST orders.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { wordingOf } from '../../../../src/paper/bybit/faults.js';
import { openSocket } from '../../../../src/paper/bybit/socket.js';
import { watchMarket } from '../../../../src/paper/bybit/socket-topics.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { PaperFault } from '../../../../src/paper/fault.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { paperSockets } from '../../../support/paper-socket.js';

const host = 'stream.bybit.com';

function start() {
  const paper = paperSockets(bybit);
  const { apiKey, secretKey = '' } = paper.secrets;
  const sign = (expires: number, secret = secretKey) =>
    createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex');
  const login = (change: { expires?: number; secret?: string; key?: string } = {}) => {
    const { expires = paper.clock.nowMs() + 1000, secret = secretKey, key = apiKey } = change;
    return { op: 'auth', req_id: 'l', args: [key, expires, sign(expires, secret)] };
  };
  return { ...paper, login };
}

test('only the paths that Bybit has open', () => {
  for (const path of ['/v5/public/spot', '/v5/private', '/v5/trade'])
    expect(openSocket({ host, path, query: '' })).toBeDefined();
  for (const path of ['/v5/public', '/v5/public/spread', '/v5/other'])
    expect(openSocket({ host, path, query: '' })).toBeUndefined();
});

test('market topics are told once until they change; what is no topic is an error', () => {
  const paper = start();
  const { say, tell } = paper.open(host, '/v5/public/spot');
  const args = ['tickers.BTCUSDT', 'orderbook.50.BTCUSDT', 'publicTrade.BTCUSDT', 'kline.1.BTCUSDT'];
  expect(say({ op: 'subscribe', req_id: '1', args })).toMatchObject([{ success: true, req_id: '1' }]);
  const [ticker, book, trade, bar] = tell();
  expect(ticker.data).toMatchObject({ symbol: 'BTCUSDT', usdIndexPrice: ticker.data.lastPrice });
  expect([book.data.b.length, book.data.a.length]).toEqual([50, 50]);
  expect(trade.data[0]).toMatchObject({ s: 'BTCUSDT', p: ticker.data.lastPrice });
  expect(bar.data[0]).toMatchObject({ interval: '1', close: ticker.data.lastPrice });
  expect(tell()).toEqual([]);
  say({ op: 'unsubscribe', args: args.slice(1) });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ topic }) => topic)).toEqual(['tickers.BTCUSDT']);
  expect(say({ op: 'ping', req_id: '9' })).toMatchObject([{ ret_msg: 'pong', req_id: '9' }]);
  for (const topic of ['tickers.NOPE', 'orderbook.7.BTCUSDT', 'nothing', 'wallet'])
    expect(say({ op: 'subscribe', args: [topic] })).toMatchObject([{ success: false }]);
  for (const text of ['{', '{"op":["ping"],"req_id":{}}'])
    expect(say(text)).toMatchObject([{ success: false }]);
  expect(say({ op: 'auth', args: [] })).toMatchObject([{ success: false }]);
});

test('a login is judged by key, secret and time', () => {
  const paper = start();
  const { say } = paper.open(host, '/v5/private');
  expect(say({ op: 'subscribe', args: ['order'] })).toMatchObject([{ success: false }]);
  for (const change of [{ key: 'nobody' }, { secret: 'another' }, { expires: paper.clock.nowMs() }])
    expect(say(paper.login(change)), JSON.stringify(change)).toMatchObject([{ success: false }]);
  expect(say(paper.login())).toMatchObject([{ success: true, op: 'auth', req_id: 'l' }]);
});

test('orders over the trade socket are answered by their id and told on the private one', () => {
  const paper = start();
  const trade = paper.open(host, '/v5/trade');
  const own = paper.open(host, '/v5/private');
  const header = () => ({ 'X-BAPI-TIMESTAMP': String(paper.clock.nowMs()) });
  const order = (op: string, args: object, reqId = '1') =>
    trade.say({ reqId, op, header: header(), args: [args] })[0];
  const resting = {
    category: 'spot',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.01',
    price: '50000',
  };
  expect(order('order.create', resting)).toMatchObject({ reqId: '1', retCode: 10003 });
  expect(trade.say(paper.login())).toMatchObject([{ retCode: 0, op: 'auth' }]);
  own.say(paper.login());
  own.say({ op: 'subscribe', args: ['order', 'execution', 'position', 'wallet', 'order.linear'] });
  own.tell();
  const placed = order('order.create', resting, '2');
  expect(placed).toMatchObject({ reqId: '2', retCode: 0, op: 'order.create' });
  const { orderId } = placed.data;
  const told = own.tell();
  expect(told.map(({ topic }) => topic)).toEqual(['order', 'wallet']);
  expect(told[0].data).toMatchObject([{ category: 'spot', orderId, orderStatus: 'New' }]);
  const market = { category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01' };
  expect(order('order.create', market).retCode).toBe(0);
  expect(own.tell().map(({ topic }) => topic)).toEqual([
    'order',
    'execution',
    'position',
    'wallet',
    'order.linear',
  ]);
  const inverse = { category: 'inverse', symbol: 'BTCUSD', side: 'Sell', orderType: 'Market', qty: '300' };
  expect(order('order.create', inverse).retCode).toBe(0);
  const [, , positions] = own.tell();
  expect(positions.data).toMatchObject([
    { category: 'linear', symbol: 'BTCUSDT' },
    { category: 'inverse', symbol: 'BTCUSD', side: 'Sell', size: '300' },
  ]);
  const cancel = { category: 'spot', symbol: 'BTCUSDT', orderId };
  expect(order('order.cancel', cancel).retCode).toBe(0);
  expect(order('order.cancel', cancel).retCode).toBe(170213);
  expect(order('order.create', { ...resting, qty: '9000' }).retCode).toBe(170135);
  const stale = { 'X-BAPI-TIMESTAMP': '1' };
  expect(trade.say({ reqId: '3', op: 'order.create', header: stale, args: [resting] })[0].retCode).toBe(
    10002,
  );
  expect(own.say({ op: 'subscribe', args: ['nothing'] })).toMatchObject([{ success: false }]);
});

test('a fault has Bybit’s code, with its subject', () => {
  expect(wordingOf(new PaperFault('INSTRUMENT_UNKNOWN', 'X'))).toEqual([
    10001,
    'params error: symbol invalid X',
  ]);
  const engine = new Engine({ seed: 's', accounts: [] });
  expect(() => watchMarket('kline.7.BTCUSDT', 'spot', engine)).toThrow('PARAMETER_BAD');
});
