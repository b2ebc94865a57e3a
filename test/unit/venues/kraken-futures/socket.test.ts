// Kraken Futures' socket messages, read without a sidecar, beside the frames and the proof that ccxt really makes.
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { signChallenge } from '../../../../src/venues/kraken-futures/signature.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const [decoy, real] = [makeDecoys(krakenFutures), makeDecoys(krakenFutures)];
const challenge = '226aee50-88fc-4618-a42a-34f7709570b2';

function open() {
  const session = krakenFutures.socket?.open(
    { host: 'futures.kraken.com', path: '/ws/v1', query: '' },
    'live',
  );
  if (session === undefined) throw new Error('no socket');
  const read = (message: object): SocketMessage => session.read(JSON.stringify(message));
  const hear = (message: object) => session.hear?.(Buffer.from(JSON.stringify(message)))?.toString();
  return { session, read, hear };
}

/** The frames that ccxt sends to watch its orders, its challenge answered. */
async function framesOf(keys: Record<string, string>): Promise<Record<string, unknown>[]> {
  const frames: Record<string, unknown>[] = [];
  const client = new ccxt.pro.krakenfutures({
    apiKey: keys.apiKey,
    secret: keys.secret,
  }) as unknown as Record<string, unknown> & {
    watchOrders(): Promise<unknown>;
    handleAuthenticate(client: object, message: object): void;
  };
  client.markets = {};
  client.watch = async (_url: string, _hash: string, message: Record<string, unknown>) => {
    frames.push(message);
    return [];
  };
  client.client = () => ({ subscriptions: {}, reusableFuture: () => undefined });
  client.handleAuthenticate({ futures: { challenge: { resolve: () => undefined } } }, { message: challenge });
  client.newUpdates = false;
  await client.watchOrders();
  return frames;
}

test('the published vector of a signed challenge', () => {
  const secret = [
    '7zxMEF5p/Z8l2p2U7Ghv6x14Af+Fx+92tPgUdVQ748FO',
    'IrEoT9bgT+bTRfXc5pz8na+hL/QdrCVG7bh9KpT0eMTm',
  ];
  expect(signChallenge(secret.join(''), 'c100b894-1729-464d-ace1-52dbce11db42')).toBe(
    '4JEpF3ix66GA2B+ooK128Ift4XQVtc137N9yeg4Kqsn9PI0Kpzbysl9M1IeCEdjg0zl00wkVqcsnG4bmnlMb3A==',
  );
});

test.each([
  [{ event: 'subscribe', feed: 'ticker', product_ids: ['PF_XBTUSD'] }, 'read'],
  [{ event: 'unsubscribe', feed: 'book', product_ids: ['PF_XBTUSD', 'PI_ETHUSD'] }, 'read'],
  [{ event: 'subscribe', feed: 'heartbeat' }, 'read'],
  [{ event: 'ping' }, 'read'],
  [{ event: 'ping', feed: 'trade' }, 'unknown'],
  [{ event: 'subscribe', feed: 'trade', product_ids: ['PF XBT'] }, 'unknown'],
  [{ event: 'subscribe', feed: 'trade', product_ids: 'PF_XBTUSD' }, 'unknown'],
  [{ event: 'subscribe', feed: 'withdrawals' }, 'unknown'],
  [{ event: 'subscribe', feed: 'ticker', product_ids: ['PF_XBTUSD'], api_key: 'k' }, 'unknown'],
  [{ event: 'subscribe', feed: 'fills' }, 'unknown'],
  [{ event: 'send_order', feed: 'fills' }, 'unknown'],
  [{ event: 'challenge', api_key: 'k', message: 'x' }, 'unknown'],
  [{ event: 'challenge' }, 'unknown'],
])('%j is %s', (message, kind) => {
  expect(open().read(message)).toMatchObject({ kind });
});

test('ccxt’s frames pass with the decoy alone, and go out with the real key and its signature', async () => {
  const { read, hear } = open();
  const [asked, proof] = await framesOf(decoy);
  const ask = read(asked ?? {});
  if (ask.kind !== 'login') throw new Error('not a login');
  expect(ask.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  for (const other of [real, {}]) expect(ask.authenticate?.(other)).toMatchObject({ kind: 'invalid' });
  expect(JSON.parse(ask.write(asReal(real), stampAt(1)))).toEqual({
    event: 'challenge',
    api_key: real.apiKey,
  });

  expect(hear({ event: 'challenge', message: challenge })).toBeUndefined();
  const login = read(proof ?? {});
  if (login.kind !== 'login') throw new Error('not a login');
  expect(login.operation).toBe('subscribe open_orders');
  expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  for (const other of [real, { ...decoy, secret: real.secret ?? '' }, {}])
    expect(login.authenticate?.(other)).toMatchObject({ kind: 'invalid' });
  expect(JSON.parse(login.write(asReal(real), stampAt(1)))).toEqual((await framesOf(real))[1]);
});

test('no challenge is signed but one that the venue gave on this connection', () => {
  const { read, hear } = open();
  const prove = (original: string) =>
    read({
      event: 'subscribe',
      feed: 'fills',
      api_key: decoy.apiKey,
      original_challenge: original,
      signed_challenge: signChallenge(decoy.secret ?? '', original),
    });
  expect(prove(challenge)).toMatchObject({ kind: 'unknown' });
  hear({ event: 'challenge', message: challenge });
  expect(prove(challenge)).toMatchObject({ kind: 'login' });
  // By the scheme of REST this signs an order: the secret must never sign it, whoever names it.
  const order = 'symbol=PF_XBTUSD&size=1/api/v3/sendorder';
  expect(prove(order)).toMatchObject({ kind: 'unknown' });
  hear({ event: 'challenge', message: order });
  expect(prove(order)).toMatchObject({ kind: 'unknown' });
  const other = open();
  expect(other.read({ event: 'subscribe', feed: 'fills', original_challenge: challenge })).toMatchObject({
    kind: 'unknown',
  });
  for (let more = 0; more < 16; more += 1)
    hear({ event: 'challenge', message: challenge.replace(/..$/, `${10 + more}`) });
  expect(prove(challenge)).toMatchObject({ kind: 'unknown' });
});

test('what the venue repeats of a proof comes back as the client sent it', () => {
  const { read, hear } = open();
  hear({ event: 'challenge', message: challenge });
  const signed = signChallenge(decoy.secret ?? '', challenge);
  const proof = { api_key: decoy.apiKey, original_challenge: challenge, signed_challenge: signed };
  const login = read({ event: 'subscribe', feed: 'fills', ...proof });
  if (login.kind !== 'login') throw new Error('not a login');
  const sent = JSON.parse(login.write(asReal(real), stampAt(1)));
  expect(sent.signed_challenge).not.toBe(signed);
  const { product_ids: _none, ...echo } = { ...sent, event: 'subscribed' };
  expect(JSON.parse(hear(echo) ?? '')).toEqual({ ...proof, event: 'subscribed', feed: 'fills' });
  expect(hear({ event: 'subscribed', feed: 'ticker' })).toBeUndefined();
});

test('a refusal is the alert that clients raise', () => {
  const { session } = open();
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  const answer = JSON.parse(session.refuse('{', refusal));
  expect(answer).toEqual({ event: 'alert', message: expect.stringContaining('r-1') });
  const client = new ccxt.pro.krakenfutures() as unknown as {
    handleMessage(client: object, message: object): void;
  };
  const raised: unknown[] = [];
  client.handleMessage({ reject: (error: unknown) => raised.push(error) }, answer);
  expect(raised[0]).toBeInstanceOf(ccxt.ExchangeError);
});
