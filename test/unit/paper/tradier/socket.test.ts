// Tradier's paper streams by hand-made messages: a session by the real token, market events, the account's orders.
import { expect, test } from 'vitest';
import { openSocket } from '../../../../src/paper/tradier/socket.js';
import { tradier } from '../../../../src/venues/tradier/tradier.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'sandbox-ws.tradier.com';

type Paper = ReturnType<typeof paperSockets>;

function call(
  { exchange, secrets }: Paper,
  method: string,
  path: string,
  body = '',
  token = secrets.accessToken,
) {
  const headers = [
    ['authorization', `Bearer ${token}`],
    ['content-type', 'application/x-www-form-urlencoded'],
  ] as const;
  const answer = exchange.handle(requestOf(method, `https://sandbox.tradier.com${path}`, headers, body));
  return { status: answer.status, ...JSON.parse(String(answer.body)) };
}

const sessionOf = (paper: Paper, kind: string): string =>
  call(paper, 'POST', `/v1/${kind}/events/session`).stream.sessionid;

test('a session takes the real token, a socket a session’s id', () => {
  expect(openSocket({ host, path: '/v1/other/events', query: '' })).toBeUndefined();
  expect(openSocket({ host: 'sandbox.tradier.com', path: '/v1/markets/events', query: '' })).toBeUndefined();
  const paper = paperSockets(tradier);
  expect(call(paper, 'POST', '/v1/markets/events/session', '', 'x'.repeat(28)).status).toBe(401);
  expect(call(paper, 'GET', '/v1/markets/events/session').stream).toBeUndefined();
  const { say, tell } = paper.open(host, '/v1/markets/events');
  const other = sessionOf(paperSockets(tradier), 'markets');
  for (const sessionid of ['x', other, undefined])
    expect(say({ symbols: ['AAPL'], sessionid }), String(sessionid)).toMatchObject([
      { error: expect.anything() },
    ]);
  expect(tell()).toEqual([]);
});

test('market events are told once until they change, and a message replaces the one before', () => {
  const paper = paperSockets(tradier);
  const sessionid = sessionOf(paper, 'markets');
  const { say, tell } = paper.open(host, '/v1/markets/events');
  expect(say({ symbols: ['AAPL'], sessionid, linebreak: true })).toEqual([]);
  const told = tell();
  expect(told.map(({ type }) => type)).toEqual(['quote', 'trade', 'summary', 'timesale']);
  expect(told[0]).toMatchObject({ symbol: 'AAPL', bid: expect.any(Number), bidsz: expect.any(Number) });
  expect(told[0].bid).toBeLessThan(told[0].ask);
  expect(tell()).toEqual([]);
  say({ symbols: ['MSFT'], filter: ['trade'], sessionid });
  expect(tell()).toMatchObject([{ type: 'trade', symbol: 'MSFT' }]);
  for (const more of [{ symbols: ['NOPE'] }, { symbols: ['MSFT'], filter: ['orders'] }])
    expect(say({ ...more, sessionid })).toMatchObject([{ error: expect.anything() }]);
});

test('account events tell what becomes of orders', () => {
  const paper = paperSockets(tradier);
  const number = call(paper, 'GET', '/v1/user/profile').profile.account.account_number;
  const sessionid = sessionOf(paper, 'accounts');
  const { say, tell } = paper.open(host, '/v1/accounts/events');
  const silent = paper.open(host, '/v1/accounts/events');
  expect(say({ events: ['order'], sessionid, excludeAccounts: [] })).toEqual([]);
  silent.say({ events: ['order'], sessionid, excludeAccounts: [number] });
  expect(say({ events: ['balances'], sessionid })).toMatchObject([{ error: expect.anything() }]);
  expect(tell()).toMatchObject([{ event: 'heartbeat' }]);
  silent.tell();
  const order = 'class=equity&symbol=AAPL&side=buy&quantity=2&duration=gtc';
  const { id } = call(paper, 'POST', `/v1/accounts/${number}/orders`, `${order}&type=limit&price=100`).order;
  expect(tell()).toMatchObject([
    { id, event: 'order', status: 'open', account: number, price: 100, remaining_quantity: 2 },
  ]);
  call(paper, 'DELETE', `/v1/accounts/${number}/orders/${id}`);
  expect(tell()).toMatchObject([{ id, status: 'canceled', remaining_quantity: 0 }]);
  call(paper, 'POST', `/v1/accounts/${number}/orders`, `${order}&type=market`);
  expect(tell().at(-1)).toMatchObject({ status: 'filled', executed_quantity: 2, last_fill_quantity: 2 });
  expect(silent.tell()).toEqual([]);
});
