// Kraken's paper sockets by hand-made messages: market channels, tokens, orders that go the way of REST orders.
import { expect, test } from 'vitest';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { PaperFault } from '../../../../src/paper/fault.js';
import { Fields } from '../../../../src/paper/fields.js';
import { wordingOf } from '../../../../src/paper/kraken/faults.js';
import { accountOf, handToken } from '../../../../src/paper/kraken/session-tokens.js';
import { openSocket } from '../../../../src/paper/kraken/socket.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { asReal, requestOf, stampAt } from '../../../support/venue-requests.js';

const host = 'ws-auth.kraken.com';

test('market channels are told once until they change', () => {
  expect(openSocket({ host, path: '/', query: '' })).toBeUndefined();
  const paper = paperSockets(kraken);
  const { say, tell } = paper.open('ws.kraken.com', '/v2');
  expect(say({ method: 'ping', req_id: 1 })).toEqual([{ method: 'pong', req_id: 1 }]);
  const symbol = ['BTC/USDT'];
  for (const channel of ['ticker', 'book', 'trade', 'ohlc'])
    expect(say({ method: 'subscribe', params: { channel, symbol }, req_id: 2 })).toMatchObject([
      { success: true, req_id: 2 },
    ]);
  const told = tell();
  expect(told.map(({ channel }) => channel)).toEqual(['ticker', 'book', 'trade', 'ohlc']);
  expect(told.every(({ data }) => data[0].symbol === 'BTC/USDT')).toBe(true);
  expect(told[1].data[0].bids).toHaveLength(10);
  expect(tell()).toEqual([]);
  for (const channel of ['book', 'trade', 'ohlc'])
    say({ method: 'unsubscribe', params: { channel, symbol } });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ channel }) => channel)).toEqual(['ticker']);
  for (const params of [
    { channel: 'nothing', symbol },
    { channel: 'ticker', symbol: ['NO/PE'] },
    { channel: 'executions' },
  ])
    expect(say({ method: 'subscribe', params })).toMatchObject([{ success: false }]);
  for (const text of ['{', '{"method":["ping"],"req_id":{}}'])
    expect(say(text)).toMatchObject([{ success: false }]);
});

test('a token opens the account: balances, orders, executions', () => {
  const paper = paperSockets(kraken);
  const bare = requestOf(
    'POST',
    'https://api.kraken.com/0/private/GetWebSocketsToken',
    [['content-type', 'application/x-www-form-urlencoded']],
    'nonce=1',
  );
  const signed = kraken.sign(bare, asReal(paper.secrets), stampAt(paper.clock.nowMs(), 'paper'));
  const { token } = JSON.parse(String(paper.exchange.handle({ ...bare, ...signed }).body)).result;
  const { say, tell } = paper.open(host, '/v2');
  const ask = (method: string, params: object = {}, sent = token) =>
    say({ method, params: { ...params, token: sent }, req_id: 3 })[0];
  expect(ask('cancel_all', {}, 'another')).toMatchObject({ success: false, error: 'EAPI:Invalid key' });
  for (const channel of ['executions', 'balances'])
    expect(ask('subscribe', { channel })).toMatchObject({ success: true });
  expect(tell().map(({ channel }) => channel)).toEqual(['executions', 'balances']);
  const limit = {
    order_type: 'limit',
    side: 'buy',
    symbol: 'BTC/USDT',
    order_qty: 0.01,
    limit_price: 50_000,
    cl_ord_id: 'c1',
  };
  const placed = ask('add_order', limit);
  expect(placed).toMatchObject({ success: true, req_id: 3, result: { cl_ord_id: 'c1' } });
  const { order_id } = placed.result;
  expect(tell()).toMatchObject([
    { channel: 'executions', type: 'update', data: [{ order_id, exec_type: 'new' }] },
  ]);
  expect(ask('amend_order', { order_id, order_qty: 0.02 })).toMatchObject({
    success: true,
    result: { order_id },
  });
  expect(tell()).toMatchObject([{ data: [{ order_id, order_qty: 0.02 }] }]);
  expect(ask('cancel_order', { order_id: [order_id] })).toMatchObject({
    success: true,
    result: { order_id },
  });
  expect(ask('cancel_order', { order_id: [order_id] })).toMatchObject({ success: false });
  expect(
    ask('add_order', { order_type: 'market', side: 'buy', symbol: 'BTC/USDT', cash_order_qty: 100 }),
  ).toMatchObject({ success: true });
  const told = tell();
  expect(told.map(({ channel }) => channel)).toEqual(['executions', 'balances']);
  expect(told[0].data.at(-1)).toMatchObject({ exec_type: 'trade', order_status: 'filled' });
  expect(ask('cancel_all')).toMatchObject({ result: { count: 0 } });
  expect(ask('cancel_all_orders_after', { timeout: 60 })).toMatchObject({ success: true });
  expect(ask('amend_order', { order_id })).toMatchObject({ success: false });
});

test('a token is of one account and one exchange', () => {
  const engine = new Engine({ seed: 's', accounts: ['a', 'b'] });
  const tokenOf = (id: string) => {
    const { token } = handToken({ engine, account: engine.account(id), fields: new Fields(new Map()) });
    return String(token);
  };
  expect(accountOf(engine, tokenOf('a'))).toBe('a');
  expect(accountOf(engine, tokenOf('b'))).toBe('b');
  expect(() => accountOf(new Engine({ seed: 's', accounts: ['a'] }), tokenOf('a'))).toThrow('KEY_UNKNOWN');
  expect(() => accountOf(engine, undefined)).toThrow('KEY_MISSING');
  expect(wordingOf(new PaperFault('PARAMETER_MISSING', 'x'))).toBe('EGeneral:Invalid arguments:x');
});
