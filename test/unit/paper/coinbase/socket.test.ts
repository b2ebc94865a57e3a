// Coinbase's paper sockets by hand-made messages: market channels, the user channel by a JWT as Coinbase judges it.
import { createPrivateKey, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkToken } from '../../../../src/paper/coinbase/authentication.js';
import { openSocket } from '../../../../src/paper/coinbase/socket.js';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'advanced-trade-ws.coinbase.com';

/** Independent of the leaf. */
function tokenOf(
  { apiKey = '', privateKey = '' }: Record<string, string>,
  nowMs: number,
  more: object = {},
): string {
  const seconds = Math.floor(nowMs / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: apiKey, iss: 'cdp', nbf: seconds, exp: seconds + 120, ...more };
  const input = `${encode({ alg: 'ES256', kid: apiKey })}.${encode(claims)}`;
  const key = { key: createPrivateKey(privateKey), dsaEncoding: 'ieee-p1363' } as const;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

test('market channels are told once until they change', () => {
  expect(openSocket({ host, path: '/other', query: '' })).toBeUndefined();
  const paper = paperSockets(coinbase);
  const { say, tell } = paper.open(host, '/');
  const product_ids = ['BTC-USDT'];
  for (const channel of ['ticker', 'level2', 'market_trades', 'candles', 'heartbeats']) {
    const [answer] = say({ type: 'subscribe', channel, product_ids });
    expect(answer.channel).toBe('subscriptions');
  }
  const told = tell();
  expect(told.map(({ channel }) => channel)).toEqual(['ticker', 'l2_data', 'market_trades', 'candles']);
  expect(told[0].events[0].tickers[0]).toMatchObject({ product_id: 'BTC-USDT' });
  expect(told[1].events[0].updates.length).toBeGreaterThan(100);
  expect(tell()).toEqual([]);
  for (const channel of ['level2', 'market_trades', 'candles'])
    say({ type: 'unsubscribe', channel, product_ids });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ channel }) => channel)).toEqual(['ticker']);
  for (const message of [
    { type: 'subscribe', channel: 'nothing', product_ids },
    { type: 'subscribe', channel: 'ticker', product_ids: ['NOPE-USD'] },
    { type: 'other', channel: 'ticker' },
    '{',
  ])
    expect(say(message), JSON.stringify(message)).toMatchObject([{ type: 'error' }]);
});

test('the user channel needs a token of its own, and tells what is open, then what changes', () => {
  const paper = paperSockets(coinbase);
  const { say, tell } = paper.open(host, '/');
  const subscribe = (jwt?: string) =>
    say({ type: 'subscribe', channel: 'user', product_ids: [], ...(jwt && { jwt }) })[0];
  const nowMs = paper.clock.nowMs();
  const uri = `POST api.coinbase.com/api/v3/brokerage/orders`;
  const other = paperSockets(coinbase).secrets;
  for (const jwt of [
    undefined,
    'a.b.c',
    tokenOf({ ...paper.secrets, privateKey: other.privateKey ?? '' }, nowMs),
    tokenOf(paper.secrets, nowMs - 200_000),
    tokenOf(paper.secrets, nowMs, { uri }),
  ])
    expect(subscribe(jwt)).toMatchObject({ type: 'error' });
  expect(subscribe(tokenOf(paper.secrets, nowMs)).channel).toBe('subscriptions');
  expect(tell()).toMatchObject([{ channel: 'user', events: [{ type: 'snapshot', orders: [] }] }]);
  const order = {
    client_order_id: 'c1',
    product_id: 'BTC-USDT',
    side: 'BUY',
    order_configuration: { limit_limit_gtc: { base_size: '0.01', limit_price: '50000' } },
  };
  const headers = [['authorization', `Bearer ${tokenOf(paper.secrets, nowMs, { uri })}`]] as const;
  const url = 'https://api.coinbase.com/api/v3/brokerage/orders';
  expect(paper.exchange.handle(requestOf('POST', url, headers, JSON.stringify(order))).status).toBe(200);
  expect(tell()).toMatchObject([
    { events: [{ type: 'update', orders: [{ client_order_id: 'c1', status: 'OPEN' }] }] },
  ]);
  expect(tell()).toEqual([]);
  say({ type: 'unsubscribe', channel: 'user', product_ids: [] });
  const exchange = { credentials: [], engine: undefined as never, nowMs };
  expect(() => checkToken(`Bearer ${tokenOf(paper.secrets, nowMs)}`, exchange, undefined)).toThrow(
    'KEY_UNKNOWN',
  );
});
