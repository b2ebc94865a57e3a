// Coinbase's socket messages, read without a sidecar, beside the JWT that ccxt really makes.
import { createPublicKey, verify } from 'node:crypto';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';
import { checkJwt, mintJwt } from '../../../../src/venues/coinbase/jwt.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const session = coinbase.socket?.open(
  { host: 'advanced-trade-ws.coinbase.com', path: '/', query: '' },
  'live',
);
const read = (message: object): SocketMessage | undefined => session?.read(JSON.stringify(message));
const [decoy, real] = [makeDecoys(coinbase), makeDecoys(coinbase)];
const nowMs = 1_800_000_000_000;

/** Made by ccxt, as for its user channel. */
function tokenOf(keys: Record<string, string>, url?: string): string {
  const client = new ccxt.pro.coinbase({ apiKey: keys.apiKey, secret: keys.privateKey }) as unknown as {
    createAuthToken(seconds: number, method?: string, url?: string): string;
  };
  return client.createAuthToken(nowMs / 1000, url === undefined ? undefined : 'GET', url);
}

test.each([
  [{ type: 'subscribe', channel: 'ticker', product_ids: ['BTC-USD'] }, 'read'],
  [{ type: 'unsubscribe', channel: 'level2', product_ids: ['BTC-USD'] }, 'read'],
  [{ type: 'subscribe', channel: 'heartbeats' }, 'read'],
  [{ type: 'subscribe', channel: 'user', product_ids: [] }, 'unknown'],
  [{ type: 'subscribe', channel: 'ticker', product_ids: ['btc usd'] }, 'unknown'],
  [{ type: 'subscribe', channel: 'withdrawals' }, 'unknown'],
  [{ type: 'subscribe', channel: 'ticker', api_key: 'k', signature: 's', timestamp: '1' }, 'unknown'],
  [{ type: 'order', channel: 'user' }, 'unknown'],
])('%j is %s', (message, kind) => {
  expect(read(message)).toMatchObject({ kind });
});

test('ccxt’s JWT passes with the decoy alone, and what goes out is signed with the real key and names no request', () => {
  const frame = { type: 'subscribe', channel: 'user', product_ids: ['BTC-USD'] };
  const login = read({ ...frame, jwt: tokenOf(decoy) });
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  expect(login.authenticate?.(real)).toMatchObject({ kind: 'invalid' });
  expect(login.authenticate?.({})).toMatchObject({ kind: 'invalid' });
  const { jwt, ...rest } = JSON.parse(login.write(asReal(real), stampAt(nowMs)));
  expect(rest).toEqual(frame);
  const [header = '', claims = '', signature = ''] = (jwt as string).split('.');
  const key = { key: createPublicKey(real.privateKey ?? ''), dsaEncoding: 'ieee-p1363' } as const;
  expect(verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(
    true,
  );
  const said = JSON.parse(String(Buffer.from(claims, 'base64url')));
  expect(said).toEqual({ sub: real.apiKey, iss: 'cdp', nbf: nowMs / 1000, exp: nowMs / 1000 + 120 });
});

test('a JWT of a request is none of a socket, nor the reverse', () => {
  const uri = 'GET api.coinbase.com/api/v3/brokerage/accounts';
  const ofRequest = tokenOf(decoy, 'https://api.coinbase.com/api/v3/brokerage/accounts');
  expect(checkJwt(ofRequest, decoy, uri)).toEqual({ kind: 'valid' });
  expect(checkJwt(ofRequest, decoy, undefined)).toMatchObject({ kind: 'invalid' });
  expect(checkJwt(tokenOf(decoy), decoy, uri)).toMatchObject({ kind: 'invalid' });
  expect(checkJwt(mintJwt(asReal(decoy), uri, stampAt(nowMs)), decoy, uri)).toEqual({ kind: 'valid' });
  expect(() => mintJwt(asReal({ apiKey: 'k', privateKey: 'none' }), uri, stampAt(nowMs))).toThrow(
    'privateKey',
  );
});

test('a refusal is the error that clients raise', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  expect(JSON.parse(session?.refuse('{', refusal) ?? '')).toMatchObject({
    type: 'error',
    message: expect.stringContaining('r-1'),
  });
});
