// Alpaca's paper sockets by hand-made messages: a login first, crypto channels, trade updates.
import { expect, test } from 'vitest';
import { openSocket } from '../../../../src/paper/alpaca/socket.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const dataHost = 'stream.data.alpaca.markets';
const tradingHost = 'paper-api.alpaca.markets';

test('crypto data and the trading stream alone', () => {
  for (const path of ['/v1beta3/crypto/us', '/v1beta2/crypto'])
    expect(openSocket({ host: dataHost, path, query: '' })).toBeDefined();
  expect(openSocket({ host: tradingHost, path: '/stream', query: '' })).toBeDefined();
  expect(openSocket({ host: dataHost, path: '/v2/iex', query: '' })).toBeUndefined();
  expect(openSocket({ host: tradingHost, path: '/v2/orders', query: '' })).toBeUndefined();
});

test('market data after a login, told once until it changes', () => {
  const paper = paperSockets(alpaca);
  const { keyId: key, secretKey: secret } = paper.secrets;
  const { say, tell } = paper.open(dataHost, '/v1beta3/crypto/us');
  expect(tell()).toEqual([[{ T: 'success', msg: 'connected' }]]);
  expect(say({ action: 'subscribe', quotes: ['BTC/USD'] })).toMatchObject([[{ T: 'error', code: 401 }]]);
  expect(say({ action: 'auth', key, secret: 'another' })).toMatchObject([[{ T: 'error', code: 402 }]]);
  expect(say('{')).toMatchObject([[{ T: 'error', code: 400 }]]);
  expect(say({ action: 'auth', key, secret })).toEqual([[{ T: 'success', msg: 'authenticated' }]]);
  const one = ['BTC/USD'];
  const listed = say({ action: 'subscribe', quotes: one, trades: one, orderbooks: one, bars: one })[0];
  expect(listed).toEqual([{ T: 'subscription', quotes: one, trades: one, orderbooks: one, bars: one }]);
  const told = tell().flat();
  expect(told.map(({ T }) => T).sort()).toEqual(['b', 'o', 'q', 't']);
  expect(told.every(({ S }) => S === 'BTC/USD')).toBe(true);
  expect(tell()).toEqual([]);
  say({ action: 'unsubscribe', trades: one, orderbooks: one, bars: one });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(
    tell()
      .flat()
      .map(({ T }) => T),
  ).toEqual(['q']);
  expect(say({ action: 'subscribe', quotes: ['NOPE/USD'] })).toMatchObject([[{ T: 'error', code: 400 }]]);
  for (const action of ['nothing', ['auth']])
    expect(say({ action })).toMatchObject([[{ T: 'error', code: 400 }]]);
});

test('trade updates of the account, whoever ordered', () => {
  const paper = paperSockets(alpaca);
  const { keyId = '', secretKey = '' } = paper.secrets;
  const { say, tell } = paper.open(tradingHost, '/stream');
  const listen = { action: 'listen', data: { streams: ['trade_updates'] } };
  expect(say(listen)).toMatchObject([{ stream: 'authorization', data: { status: 'unauthorized' } }]);
  const login = { action: 'authenticate', data: { key_id: keyId, secret_key: secretKey } };
  expect(say(login)).toMatchObject([{ stream: 'authorization', data: { status: 'authorized' } }]);
  expect(say(listen)).toEqual([{ stream: 'listening', data: { streams: ['trade_updates'] } }]);
  expect(say({ action: 'other' })).toMatchObject([{ data: { status: 'unauthorized' } }]);
  const order = { symbol: 'BTC/USD', side: 'buy', type: 'market', time_in_force: 'gtc', qty: '0.01' };
  const headers = [
    ['APCA-API-KEY-ID', keyId],
    ['APCA-API-SECRET-KEY', secretKey],
  ] as const;
  const answer = paper.exchange.handle(
    requestOf('POST', `https://${tradingHost}/v2/orders`, headers, JSON.stringify(order)),
  );
  expect(answer.status).toBe(200);
  expect(tell()).toMatchObject([
    { stream: 'trade_updates', data: { event: 'fill', order: { status: 'filled' } } },
  ]);
  expect(tell()).toEqual([]);
});
