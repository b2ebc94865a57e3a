// OKX's socket messages, read without a sidecar, and the frames that okx-api and ccxt really make.
import ccxt from 'ccxt';
import { WebsocketClient } from 'okx-api';
import { expect, test } from 'vitest';
import { okx } from '../../../../src/venues/okx/okx.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys } from '../../../support/venue-requests.js';

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

// Independent oracles: the frames that the clients themselves make.
test('okx-api’s login passes the check, and ours equals the one it makes with the real key', async () => {
  const [decoy, real] = [makeDecoys(okx), makeDecoys(okx)];
  const frameOf = async (keys: Readonly<Record<string, string>>) => {
    const { apiKey = '', secretKey: apiSecret = '', passphrase: apiPass = '' } = keys;
    const client = new WebsocketClient({ accounts: [{ apiKey, apiSecret, apiPass }] }) as unknown as {
      getWsAuthRequestEvent(key: string, skip: boolean): Promise<{ args: { timestamp: string }[] }>;
    };
    return client.getWsAuthRequestEvent('prodPrivate', false);
  };
  const [signedByDecoy, signedByReal] = [await frameOf(decoy), await frameOf(real)];
  const message = read('private', signedByDecoy);
  if (message?.kind !== 'login') throw new Error('not a login');
  expect(message.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  expect(message.authenticate?.(real)).toMatchObject({ kind: 'invalid' });
  const nowMs = Number(signedByReal.args[0]?.timestamp) * 1000 + 999;
  const written = message.write(asReal(real), { nowMs, nonce: 1n, environment: 'demo' });
  expect(JSON.parse(written)).toEqual({ ...signedByReal, args: [signedByReal.args[0]] });
});

test('ccxt’s login, order and cancel are all read', async () => {
  const decoy = makeDecoys(okx);
  const { apiKey, secretKey: secret, passphrase: password } = decoy;
  const exchange = new ccxt.pro.okx({ apiKey, secret, password }) as unknown as CcxtSockets;
  const frames: object[] = [];
  exchange.watch = async (_url, _hash, message) => {
    frames.push(message);
    return {};
  };
  // It would wait for the venue's answer.
  exchange.authenticate({}).catch(() => {});
  exchange.authenticate = async () => ({});
  exchange.loadMarkets = async () => ({});
  exchange.market = () => ({
    id: 'BTC-USDT',
    instIdCode: 10459,
    symbol: 'BTC/USDT',
    spot: true,
    type: 'spot',
    precision: {},
    info: {},
  });
  exchange.amountToPrecision = (_symbol, amount) => String(amount);
  exchange.priceToPrecision = (_symbol, price) => String(price);
  await exchange.createOrderWs('BTC/USDT', 'limit', 'buy', 1, 100);
  await exchange.cancelOrderWs('77', 'BTC/USDT');
  const [login, order, cancel] = frames.map((frame) => read('private', frame));
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  // ccxt names instruments by OKX's number.
  const instruments = new Map([['10459', 'BTC-USDT']]);
  const context = { account: 'a', environment: 'demo' as const, instruments };
  for (const [message, action] of [
    [order, 'place'],
    [cancel, 'cancel'],
  ] as const) {
    if (message?.kind !== 'trade') throw new Error(`not a trade: ${JSON.stringify(message)}`);
    expect(okx.parseOrders(message.request, context)).toMatchObject({
      ok: true,
      intents: [{ action, instrument: 'BTC-USDT' }],
    });
  }
});

interface CcxtSockets {
  watch(url: string, hash: string, message: object): Promise<object>;
  authenticate(params: object): Promise<unknown>;
  loadMarkets(): Promise<object>;
  market(symbol: string): object;
  amountToPrecision(symbol: string, amount: number): string;
  priceToPrecision(symbol: string, price: number): string;
  createOrderWs(symbol: string, type: string, side: string, amount: number, price: number): Promise<unknown>;
  cancelOrderWs(id: string, symbol: string): Promise<unknown>;
}
