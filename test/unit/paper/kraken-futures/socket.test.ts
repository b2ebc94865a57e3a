// Kraken Futures' paper socket by hand-made messages: market feeds, account feeds by a challenge as Kraken judges it.
import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSocket } from '../../../../src/paper/kraken-futures/socket.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'futures.kraken.com';
const symbol = 'PF_XBTUSD';

/** Independent of the leaf. */
const signed = (secret = '', text: string) =>
  createHmac('sha512', Buffer.from(secret, 'base64'))
    .update(createHash('sha256').update(text).digest())
    .digest('base64');

test('market feeds are told once until they change', () => {
  expect(openSocket({ host, path: '/ws/v2', query: '' })).toBeUndefined();
  const paper = paperSockets(krakenFutures);
  const { say, tell } = paper.open(host, '/ws/v1');
  const feeds = ['ticker', 'ticker_lite', 'book', 'trade', 'heartbeat'];
  for (const feed of feeds)
    expect(say({ event: 'subscribe', feed, product_ids: [symbol] })).toMatchObject([
      { event: 'subscribed', feed },
    ]);
  const told = tell();
  expect(told.map(({ feed }) => feed)).toEqual(['ticker', 'ticker_lite', 'book_snapshot', 'trade']);
  expect(told[2].bids.length).toBeGreaterThan(100);
  expect(told[2].bids[0].price).toBe(told[0].bid);
  expect(tell()).toEqual([]);
  for (const feed of ['ticker_lite', 'book', 'trade'])
    say({ event: 'unsubscribe', feed, product_ids: [symbol] });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ feed }) => feed)).toEqual(['ticker']);
  expect(say({ event: 'ping' })).toEqual([{ event: 'pong' }]);
  for (const message of [
    { event: 'subscribe', feed: 'nothing', product_ids: [symbol] },
    { event: 'subscribe', feed: 'ticker', product_ids: ['PF_NOPEUSD'] },
    { event: 'other' },
    '{',
  ])
    expect(say(message), JSON.stringify(message)).toMatchObject([{ event: 'alert' }]);
});

test('account feeds take the real key’s signature of a challenge of this connection, and nothing else', () => {
  const paper = paperSockets(krakenFutures);
  const { apiKey = '', secret = '' } = paper.secrets;
  const { say } = paper.open(host, '/ws/v1');
  const challengeOf = (speak: typeof say): string =>
    speak({ event: 'challenge', api_key: apiKey })[0].message;
  const challenge = challengeOf(say);
  const foreign = challengeOf(paper.open(host, '/ws/v1').say);
  const prove = (change: object = {}) =>
    say({
      event: 'subscribe',
      feed: 'fills',
      api_key: apiKey,
      original_challenge: challenge,
      signed_challenge: signed(secret, challenge),
      ...change,
    })[0];
  const other = Buffer.alloc(64, 1).toString('base64');
  for (const change of [
    { api_key: 'x'.repeat(56) },
    { signed_challenge: signed(other, challenge) },
    { signed_challenge: undefined },
    { original_challenge: `${challenge}x`, signed_challenge: signed(secret, `${challenge}x`) },
  ])
    expect(prove(change), JSON.stringify(change)).toMatchObject({ event: 'alert' });
  expect(say({ event: 'challenge', api_key: 'unknown' })).toMatchObject([{ event: 'alert' }]);
  expect(prove()).toMatchObject({ event: 'subscribed', api_key: apiKey, original_challenge: challenge });
  expect(foreign).toMatch(/^[0-9a-f-]{36}$/);
});

test('orders, fills, positions and balances: what is open at first, then what changes', () => {
  const paper = paperSockets(krakenFutures);
  const { apiKey = '', secret = '' } = paper.secrets;
  const { say, tell } = paper.open(host, '/ws/v1');
  const challenge: string = say({ event: 'challenge', api_key: apiKey })[0].message;
  const proof = {
    api_key: apiKey,
    original_challenge: challenge,
    signed_challenge: signed(secret, challenge),
  };
  for (const feed of ['open_orders', 'open_orders_verbose', 'fills', 'open_positions', 'balances'])
    expect(say({ event: 'subscribe', feed, ...proof })).toMatchObject([{ event: 'subscribed' }]);
  expect(tell()).toMatchObject([
    { feed: 'open_orders_snapshot', orders: [] },
    { feed: 'open_orders_verbose_snapshot', orders: [] },
    { feed: 'fills_snapshot', fills: [] },
    { feed: 'open_positions', positions: [] },
    { feed: 'balances_snapshot', flex_futures: { currencies: { USD: { quantity: expect.any(Number) } } } },
  ]);
  say({ event: 'unsubscribe', feed: 'open_orders_verbose', ...proof });

  const send = (name: string, body: string) => {
    const path = `/api/v3/${name}`;
    const headers = [
      ['APIKey', apiKey],
      ['Authent', signed(secret, `${body}${path}`)],
      ['content-type', 'application/x-www-form-urlencoded'],
    ] as const;
    const url = `https://${host}/derivatives${path}`;
    return JSON.parse(String(paper.exchange.handle(requestOf('POST', url, headers, body)).body));
  };
  const order = 'orderType=lmt&side=buy&size=0.01&limitPrice=10000';
  const { order_id } = send('sendorder', `symbol=${symbol}&${order}&cliOrdId=c1`).sendStatus;
  expect(tell()).toMatchObject([
    {
      feed: 'open_orders',
      is_cancel: false,
      order: { order_id, cli_ord_id: 'c1', instrument: symbol, direction: 0, qty: 0.01, limit_price: 10000 },
    },
    { feed: 'balances_snapshot' },
  ]);
  send('cancelorder', `order_id=${order_id}`);
  expect(tell()[0]).toEqual({ feed: 'open_orders', order_id, is_cancel: true, reason: 'cancelled_by_user' });
  send('sendorder', `symbol=${symbol}&orderType=mkt&side=sell&size=0.02`);
  const told = tell();
  expect(told.find(({ feed }) => feed === 'open_orders')).toMatchObject({ reason: 'full_fill' });
  expect(told.find(({ feed }) => feed === 'fills').fills[0]).toMatchObject({ buy: false, qty: 0.02 });
  expect(told.find(({ feed }) => feed === 'open_positions').positions).toMatchObject([
    { instrument: symbol, balance: -0.02 },
  ]);
  send('sendorder', 'symbol=PI_XBTUSD&orderType=mkt&side=buy&size=900');
  const coins = tell();
  expect(coins.find(({ feed }) => feed === 'fills').fills[0]).toMatchObject({
    qty: 900,
    fee_currency: 'XBT',
  });
  expect(coins.find(({ feed }) => feed === 'open_positions').positions).toMatchObject([
    { pnl_currency: 'USD' },
    { instrument: 'PI_XBTUSD', balance: 900, pnl_currency: 'XBT' },
  ]);
  const { 'F-XBT:USD': wallet } = coins.find(({ feed }) => feed === 'balances_snapshot').futures;
  expect(wallet).toMatchObject({ unit: 'XBT', pair: 'XBT/USD' });
  expect(wallet.balance - wallet.available).toBeCloseTo(wallet.initial_margin, 12);
  expect(wallet.initial_margin).toBeGreaterThan(0);
});
