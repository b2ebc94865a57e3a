// Bybit's socket messages, read without a sidecar, beside the frames that bybit-api and ccxt really make.
import { WebsocketClient } from 'bybit-api';
import { expect, test } from 'vitest';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const open = (path: string, environment: 'live' | 'demo' = 'live') =>
  bybit.socket?.open({ host: 'stream.bybit.com', path, query: '' }, environment);
const read = (path: string, message: object): SocketMessage | undefined =>
  open(path)?.read(JSON.stringify(message));

test('D9: a demo account listens to the live market and opens nothing else there', () => {
  expect(open('/v5/public/spot', 'demo')).toBeDefined();
  for (const path of ['/v5/private', '/v5/trade']) expect(open(path, 'demo')).toBeUndefined();
});

test.each([
  [
    '/v5/public/spot',
    ['tickers.BTCUSDT', 'orderbook.50.BTCUSDT', 'kline.D.BTCUSDT', 'publicTrade.BTCUSDT'],
    'read',
  ],
  ['/v5/private', ['order', 'order.linear', 'execution.fast', 'wallet', 'position'], 'read'],
  ['/v5/public/spot', ['wallet'], 'unknown'],
  ['/v5/private', ['tickers.BTCUSDT'], 'unknown'],
  ['/v5/private', ['asset.withdraw'], 'unknown'],
  ['/v5/trade', ['order'], 'unknown'],
])('%s %j is %s', (path, args, kind) => {
  expect(read(path, { op: 'subscribe', req_id: '1', args })).toMatchObject({ kind });
});

test.each([
  ['order.create', 'order/create', 'order'],
  ['order.amend', 'order/amend', 'amend'],
  ['order.cancel', 'order/cancel', 'cancel'],
  ['order.create-batch', 'order/create-batch', 'order'],
  ['order.cancel-batch', 'order/cancel-batch', 'cancel'],
])('%s is %s, and goes out with a fresh time and no broker', (op, path, kind) => {
  const header = { 'X-BAPI-TIMESTAMP': '1799999999000', 'X-BAPI-RECV-WINDOW': '7000', Referer: 'broker' };
  const frame = { reqId: 'a', op, header, args: [{ category: 'spot' }] };
  const message = read('/v5/trade', frame);
  if (message?.kind !== 'trade') throw new Error('not a trade');
  expect(message.request).toMatchObject({ method: 'POST', host: 'api.bybit.com', path: `/v5/${path}` });
  expect(bybit.classify(message.request).class).toBe(kind);
  // The gate refuses an order that was signed long ago.
  expect(bybit.signedAtMs?.(message.request)).toBe(1_799_999_999_000);
  const sent = message.write(
    { ...message.request, body: Buffer.from('{"category":"linear"}') },
    {},
    stampAt(5),
  );
  expect(JSON.parse(sent)).toEqual({
    reqId: 'a',
    header: { 'X-BAPI-TIMESTAMP': '5', 'X-BAPI-RECV-WINDOW': '7000' },
    op,
    args: [{ category: 'linear' }],
  });
  const answer = { reqId: 'a', retCode: 0, retMsg: 'OK', op, data: { orderId: '7' }, connId: 'c' };
  const heard = message.answerIn(JSON.stringify(answer));
  expect(JSON.parse(String(heard?.body))).toMatchObject({ retCode: 0, result: { orderId: '7' } });
  expect(message.answerIn(JSON.stringify({ ...answer, op: 'auth' }))).toBeUndefined();
  expect(message.answerIn(JSON.stringify({ ...answer, reqId: 'b' }))).toBeUndefined();
  for (const change of [{ reqId: '' }, { reqId: undefined }, { args: [] }, { args: [{}, {}] }, { more: 1 }])
    expect(read('/v5/trade', { ...frame, ...change })).toMatchObject({ kind: 'unknown' });
  expect(read('/v5/private', frame)).toMatchObject({ kind: 'unknown' });
});

// Independent oracle: the frame that the vendor's community SDK makes.
test('bybit-api’s login passes with the decoy alone, and ours equals the one it makes with the real key', async () => {
  const [decoy, real] = [makeDecoys(bybit), makeDecoys(bybit)];
  const frameOf = async ({ apiKey: key = '', secretKey: secret = '' }: Record<string, string>) => {
    const client = new WebsocketClient({ key, secret }) as unknown as {
      getWsAuthRequestEvent(key: string): Promise<{ args: [string, number, string] }>;
    };
    return client.getWsAuthRequestEvent('v5Private');
  };
  const message = read('/v5/private', await frameOf(decoy));
  if (message?.kind !== 'login') throw new Error('not a login');
  expect(message.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  expect(message.authenticate?.(real)).toMatchObject({ kind: 'invalid' });
  expect(message.authenticate?.({})).toMatchObject({ kind: 'invalid' });
  const signed = await frameOf(real);
  const written = message.write(asReal(real), stampAt(signed.args[1] - 10_000));
  expect(JSON.parse(written)).toEqual(signed);
  expect(read('/v5/public/spot', signed)).toMatchObject({ kind: 'unknown' });
});

test('a refusal repeats the id, in the shape of its socket', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  const refuse = (text: string) => JSON.parse(open('/v5/trade')?.refuse(text, refusal) ?? '');
  expect(refuse('{"reqId":"5","op":"order.create"}')).toMatchObject({
    reqId: '5',
    retCode: 10005,
    op: 'order.create',
  });
  expect(refuse('{"req_id":"5","op":"subscribe"}')).toMatchObject({ req_id: '5', success: false });
});
