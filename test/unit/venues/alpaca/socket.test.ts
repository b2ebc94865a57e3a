// Alpaca's socket messages, read without a sidecar, beside those that ccxt and the SDK really send.
import { expect, test } from 'vitest';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const data = ['stream.data.alpaca.markets', '/v1beta3/crypto/us'] as const;
const trading = ['paper-api.alpaca.markets', '/stream'] as const;
const open = ([host, path]: readonly [string, string]) =>
  alpaca.socket?.open({ host, path, query: '' }, 'demo');
const read = (place: readonly [string, string], message: object): SocketMessage | undefined =>
  open(place)?.read(JSON.stringify(message));

const decoy = makeDecoys(alpaca);
const real = makeDecoys(alpaca);
const { keyId: key = '', secretKey: secret = '', accessToken: token = '' } = decoy;

test.each([
  [data, { action: 'subscribe', quotes: ['BTC/USD'], bars: ['*'], trades: [] }, 'read'],
  [data, { action: 'unsubscribe', orderbooks: ['BTC/USD'] }, 'read'],
  [data, { action: 'subscribe', accounts: ['a'] }, 'unknown'],
  [data, { action: 'subscribe', quotes: 'BTC/USD' }, 'unknown'],
  [data, { action: 'listen', data: { streams: ['trade_updates'] } }, 'unknown'],
  [trading, { action: 'listen', data: { streams: ['trade_updates'] } }, 'read'],
  [trading, { action: 'listen', data: { streams: ['account_updates'] } }, 'unknown'],
  [trading, { action: 'listen', data: { streams: ['trade_updates'], extra: 1 } }, 'unknown'],
  [trading, { action: 'order', data: { symbol: 'BTC/USD' } }, 'unknown'],
  [data, { action: 'auth', key }, 'unknown'],
  [data, { action: 'auth', key, secret, more: 1 }, 'unknown'],
  [trading, { action: 'authenticate', data: { key_id: key } }, 'unknown'],
] as const)('%j %j is %s', (place, message, kind) => {
  expect(read(place, message)).toMatchObject({ kind });
});

// The frames of ccxt 4.5.84, the SDK 4.0.2, and of docs.alpaca.markets for OAuth.
test.each([
  [data, { action: 'auth', key, secret }, { action: 'auth', key: real.keyId, secret: real.secretKey }],
  [
    trading,
    { action: 'authenticate', data: { key_id: key, secret_key: secret } },
    { action: 'authenticate', data: { key_id: real.keyId, secret_key: real.secretKey } },
  ],
  [trading, { action: 'auth', key, secret }, { action: 'auth', key: real.keyId, secret: real.secretKey }],
])('%j: the decoy pair goes out, the real one in: %j', (place, message, written) => {
  const login = read(place, message);
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  for (const other of [
    real,
    { ...decoy, keyId: key.replace(/.$/, '~') },
    { ...decoy, secretKey: real.secretKey ?? '' },
    {},
  ])
    expect(login.authenticate?.(other)).toMatchObject({ kind: 'invalid' });
  const { keyId = '', secretKey = '' } = real;
  expect(JSON.parse(login.write(asReal({ keyId, secretKey }), stampAt(1)))).toEqual(written);
});

test.each([
  [
    { action: 'auth', key: 'oauth', secret: token },
    { action: 'auth', key: 'oauth', secret: real.accessToken },
  ],
  [
    { action: 'authenticate', data: { oauth_token: token } },
    { action: 'authenticate', data: { oauth_token: real.accessToken } },
  ],
])('a token: %j', (message, written) => {
  const login = read(trading, message);
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  expect(login.authenticate?.({ ...decoy, accessToken: real.accessToken ?? '' })).toMatchObject({
    kind: 'invalid',
  });
  expect(JSON.parse(login.write(asReal({ accessToken: real.accessToken ?? '' }), stampAt(1)))).toEqual(
    written,
  );
});

test('MessagePack where an upgrade to market data asks for it', () => {
  const asked = (host: string, path: string, contentType?: string) =>
    alpaca.socket?.open({ host, path, query: '', contentType }, 'demo')?.encoding;
  expect(asked(...data, 'application/msgpack')).toBe('msgpack');
  for (const other of [undefined, 'application/json', 'application/x-msgpack', 'text/plain'])
    expect(asked(...data, other), other).toBeUndefined();
  expect(asked(...trading, 'application/msgpack')).toBeUndefined();
});

test('refusals in the words of each socket', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  const refuse = (place: readonly [string, string], action: string) =>
    JSON.parse(open(place)?.refuse(JSON.stringify({ action }), refusal) ?? '');
  expect(refuse(data, 'subscribe')).toMatchObject([{ T: 'error', code: 409 }]);
  expect(refuse(data, 'auth')).toMatchObject([{ T: 'error', code: 402 }]);
  expect(refuse(trading, 'authenticate')).toMatchObject({
    stream: 'authorization',
    data: { status: 'unauthorized' },
  });
  expect(refuse(trading, 'order')).toMatchObject({ stream: 'listening', data: { streams: [] } });
});
