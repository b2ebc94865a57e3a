// Hyperliquid's socket messages, read without a sidecar: subscriptions, questions about the box's own account, posted actions.
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { makeSocket } from '../../../../src/venues/hyperliquid/socket.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const host = 'api.hyperliquid.xyz';
const session = makeSocket(hyperliquid).open({ host, path: '/ws', query: '' }, 'live');
const read = (message: object): SocketMessage | undefined => session?.read(JSON.stringify(message));
const [decoy, real] = [makeDecoys(hyperliquid), makeDecoys(hyperliquid)];
const nowMs = 1_800_000_000_000;

/** Signed by ccxt, as over REST. */
function orderBy({ privateKey, accountAddress }: Record<string, string>, nonce = nowMs): object {
  const client = new ccxt.hyperliquid({ privateKey, walletAddress: accountAddress }) as unknown as {
    signL1Action(action: object, nonce: number): object;
  };
  const order = { a: 0, b: true, p: '50000', s: '0.01', r: false, t: { limit: { tif: 'Gtc' } } };
  const action = { type: 'order', orders: [order], grouping: 'na' };
  return { action, nonce, signature: client.signL1Action(action, nonce) };
}

/** ccxt leaves out the leading zeros of a signature's halves. */
const padded = (name: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('0x') && (name === 'r' || name === 's')
    ? `0x${value.slice(2).padStart(64, '0')}`
    : value;

test.each([
  [{ method: 'ping' }, 'read'],
  [
    { method: 'subscribe', subscription: { type: 'l2Book', coin: 'BTC', nSigFigs: 5, mantissa: null } },
    'read',
  ],
  [{ method: 'subscribe', subscription: { type: 'allMids' } }, 'read'],
  [{ method: 'unsubscribe', subscription: { type: 'candle', coin: 'BTC', interval: '1m' }, id: '1' }, 'read'],
  [{ method: 'post', id: 1, request: { type: 'info', payload: { type: 'meta' } } }, 'read'],
  [{ method: 'subscribe', subscription: { type: 'orderUpdates' } }, 'unknown'],
  [{ method: 'subscribe', subscription: { type: 'somethingNew', coin: 'BTC' } }, 'unknown'],
  [{ method: 'subscribe', subscription: { type: 'l2Book', coin: { a: 1 } } }, 'unknown'],
  [{ method: 'subscribe', subscription: { type: 'l2Book', more: 1 } }, 'unknown'],
  [{ method: 'ping', more: 1 }, 'unknown'],
  [{ method: 'post', request: { type: 'info', payload: { type: 'meta' } } }, 'unknown'],
  [{ method: 'post', id: 1, request: { type: 'other', payload: {} } }, 'unknown'],
  [{ method: 'post', id: 1, request: { type: 'action', payload: [] } }, 'unknown'],
  [{ method: 'post', id: 1, request: { type: 'action', payload: {}, more: 1 } }, 'unknown'],
])('%j is %s', (message, kind) => {
  expect(read(message)).toMatchObject({ kind });
});

test('who asks about an account asks by its decoy, and the venue is asked about the real one', () => {
  const about = (user = '') => ({ type: 'orderUpdates', user });
  for (const frame of [
    { method: 'subscribe', subscription: about(decoy.accountAddress) },
    { method: 'post', id: 3, request: { type: 'info', payload: about(decoy.accountAddress) } },
  ]) {
    const login = read(frame);
    if (login?.kind !== 'login') throw new Error('not a login');
    expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
    expect(login.authenticate?.(real)).toEqual({ kind: 'none' });
    const sent = login.write(asReal(real), stampAt(nowMs));
    expect(sent).toBe(JSON.stringify(frame).replace(decoy.accountAddress ?? '', real.accountAddress ?? ''));
    // A client knows its subscription by the address that it wrote.
    expect(String(session?.hear?.(Buffer.from(sent)))).toBe(JSON.stringify(frame));
  }
  expect(session?.hear?.(Buffer.from('{"channel":"pong"}'))).toBeUndefined();
});

test('a posted action is REST’s: checked with the decoy, signed anew with the real key', () => {
  const message = read({ method: 'post', id: 7, request: { type: 'action', payload: orderBy(decoy) } });
  if (message?.kind !== 'trade') throw new Error('not a trade');
  expect(message).toMatchObject({
    operation: 'post order',
    request: { host, path: '/exchange', method: 'POST' },
  });
  expect(hyperliquid.classify(message.request).class).toBe('order');
  expect(message.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  expect(message.authenticate?.(real)).toMatchObject({ kind: 'invalid' });
  const written = JSON.parse(
    message.write(message.request, asReal(real), { ...stampAt(nowMs), nonce: BigInt(nowMs) }),
  );
  const payload = JSON.parse(JSON.stringify(orderBy(real)), padded);
  expect(written).toEqual({ method: 'post', id: 7, request: { type: 'action', payload } });
  const withdrawal = read({
    method: 'post',
    id: 8,
    request: { type: 'action', payload: { action: { type: 'withdraw3' } } },
  });
  expect(withdrawal?.kind === 'trade' && hyperliquid.classify(withdrawal.request).class).toBe('funds');
});

test('answers are known by their number', () => {
  const message = read({ method: 'post', id: 7, request: { type: 'action', payload: orderBy(decoy) } });
  if (message?.kind !== 'trade') throw new Error('not a trade');
  const heard = (id: number, payload: unknown) =>
    message.answerIn(
      JSON.stringify({ channel: 'post', data: { id, response: { type: 'action', payload } } }),
    );
  const placed = {
    status: 'ok',
    response: { type: 'order', data: { statuses: [{ resting: { oid: 77 } }] } },
  };
  const answer = heard(7, placed);
  expect(answer && hyperliquid.admin?.readPlaced(answer)).toMatchObject([
    { isAccepted: true, venueOrderId: '77' },
  ]);
  const refused = heard(7, 'no');
  expect(refused && hyperliquid.admin?.readPlaced(refused)).toMatchObject([{ isAccepted: false }]);
  expect(heard(8, placed)).toBeUndefined();
  expect(message.answerIn('{"channel":"post"}')).toBeUndefined();
  expect(message.answerIn('{"channel":"l2Book","data":{}}')).toBeUndefined();
});

test('a refusal is the answer to a post, or an error', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  const refuse = (text: string) => JSON.parse(session?.refuse(text, refusal) ?? '');
  expect(refuse('{"method":"post","id":7}')).toMatchObject({
    channel: 'post',
    data: { id: 7, response: { payload: { status: 'err' } } },
  });
  expect(refuse('{"method":"subscribe"}')).toMatchObject({ channel: 'error' });
});
