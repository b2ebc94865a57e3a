// Coinbase Exchange's paper feed by hand-made messages: market channels, and signed ones as Coinbase judges them.
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { openSocket } from '../../../../src/paper/coinbase-exchange/socket.js';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { paperSockets } from '../../../support/paper-socket.js';
import { requestOf } from '../../../support/venue-requests.js';

const host = 'ws-feed.exchange.coinbase.com';
const product_ids = ['BTC-USDT'];

type Paper = ReturnType<typeof paperSockets>;

/** Independent of the leaf. */
function sign({ secrets, clock }: Paper, text: string) {
  const timestamp = String(Math.floor(clock.nowMs() / 1000));
  const signature = createHmac('sha256', Buffer.from(secrets.secret ?? '', 'base64'))
    .update(timestamp + text)
    .digest('base64');
  return { timestamp, signature };
}

const proofOf = (paper: Paper) => ({
  ...sign(paper, 'GET/users/self/verify'),
  key: paper.secrets.apiKey,
  passphrase: paper.secrets.passphrase,
});

function order(paper: Paper, method: string, path: string, body: string) {
  const { timestamp, signature } = sign(paper, method + path + body);
  const headers = [
    ['CB-ACCESS-KEY', paper.secrets.apiKey ?? ''],
    ['CB-ACCESS-SIGN', signature],
    ['CB-ACCESS-TIMESTAMP', timestamp],
    ['CB-ACCESS-PASSPHRASE', paper.secrets.passphrase ?? ''],
  ] as const;
  const url = `https://api.exchange.coinbase.com${path}`;
  return JSON.parse(String(paper.exchange.handle(requestOf(method, url, headers, body)).body));
}

test('market channels are told once until they change', () => {
  expect(openSocket({ host, path: '/other', query: '' })).toBeUndefined();
  const paper = paperSockets(coinbaseExchange);
  const { say, tell } = paper.open(host, '/');
  const channels = ['ticker', 'level2_batch', { name: 'matches' }, 'heartbeat', 'status'];
  expect(say({ type: 'subscribe', product_ids, channels })).toMatchObject([
    { type: 'subscriptions', channels: [{ name: 'ticker', product_ids }, {}, {}, {}] },
  ]);
  const told = tell();
  expect(told.map(({ type }) => type)).toEqual(['ticker', 'snapshot', 'match', 'heartbeat']);
  expect(told[1].bids.length).toBeGreaterThan(100);
  expect(told[1].bids[0][0]).toBe(told[0].best_bid);
  expect(tell()).toEqual([]);
  say({ type: 'unsubscribe', product_ids, channels: ['level2_batch', 'matches', 'heartbeat'] });
  paper.clock.set(paper.clock.nowMs() + 60_000);
  expect(tell().map(({ type }) => type)).toEqual(['ticker']);
  for (const message of [
    { type: 'subscribe', product_ids, channels: ['nothing'] },
    { type: 'subscribe', product_ids: ['NOPE-USD'], channels: ['ticker'] },
    { type: 'other', channels: ['ticker'] },
    '{',
  ])
    expect(say(message), JSON.stringify(message)).toMatchObject([{ type: 'error' }]);
});

test('signed channels take the real key’s proof of this time, and nothing else', () => {
  const paper = paperSockets(coinbaseExchange);
  const { say, tell } = paper.open(host, '/');
  const subscribe = (more: object) =>
    say({ type: 'subscribe', product_ids, channels: ['level2'], ...more })[0];
  const good = proofOf(paper);
  const other = paperSockets(coinbaseExchange);
  for (const more of [
    {},
    { ...good, key: other.secrets.apiKey },
    { ...good, passphrase: other.secrets.passphrase },
    { ...good, signature: proofOf(other).signature },
    { ...good, timestamp: String(Number(good.timestamp) - 60) },
  ])
    expect(subscribe(more), JSON.stringify(more)).toMatchObject({ type: 'error' });
  expect(subscribe(good).type).toBe('subscriptions');
  expect(tell()).toMatchObject([{ type: 'snapshot' }]);
});

test('the user channel tells an order’s life from now on, the balance channel what is held', () => {
  const paper = paperSockets(coinbaseExchange);
  const { say, tell } = paper.open(host, '/');
  say({ type: 'subscribe', channels: ['user', 'balance'], ...proofOf(paper) });
  expect(tell().every(({ type }) => type === 'balance')).toBe(true);
  const limit = { product_id: 'BTC-USDT', side: 'buy', type: 'limit', size: '0.01', price: '10000' };
  const { id } = order(paper, 'POST', '/orders', JSON.stringify({ ...limit, client_oid: 'c-1' }));
  const life = tell();
  expect(life.slice(0, 2)).toMatchObject([
    { type: 'received', order_id: id, client_oid: 'c-1', size: '0.01', order_type: 'limit' },
    { type: 'open', order_id: id, remaining_size: '0.01' },
  ]);
  expect(life.find(({ type, currency }) => type === 'balance' && currency === 'USDT').holds).not.toBe('0');
  order(paper, 'DELETE', `/orders/${id}`, '');
  expect(tell()[0]).toMatchObject({ type: 'done', order_id: id, reason: 'canceled' });
  const market = { product_id: 'BTC-USDT', side: 'buy', type: 'market', size: '0.02' };
  order(paper, 'POST', '/orders', JSON.stringify(market));
  const types = tell().map(({ type }) => type);
  expect(types[0]).toBe('received');
  expect(types).toContain('match');
  expect(types.filter((type) => type === 'done')).toHaveLength(1);
});
