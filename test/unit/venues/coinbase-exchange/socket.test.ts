// Coinbase Exchange's socket messages, read without a sidecar, beside the subscriptions that ccxt really signs.
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const session = coinbaseExchange.socket?.open(
  { host: 'ws-feed.exchange.coinbase.com', path: '/', query: '' },
  'live',
);
const read = (message: object): SocketMessage | undefined => session?.read(JSON.stringify(message));
const [decoy, real] = [makeDecoys(coinbaseExchange), makeDecoys(coinbaseExchange)];
const nowMs = 1_800_000_000_000;
const product_ids = ['BTC-USD'];

/** The subscription that ccxt signs to watch its orders. */
async function subscriptionOf(
  { apiKey, secret, passphrase }: Record<string, string>,
  atMs = nowMs,
): Promise<object> {
  const client = new ccxt.pro.coinbaseexchange({ apiKey, secret, password: passphrase }) as unknown as Record<
    string,
    unknown
  > & { watchOrders(symbol: string): Promise<unknown> };
  let sent: object = {};
  Object.assign(client, {
    markets: {},
    newUpdates: false,
    nonce: () => atMs / 1000,
    symbol: (name: string) => name,
    market: () => ({ id: 'BTC-USD' }),
    watch: async (_url: string, _hash: string, message: object) => {
      sent = message;
      return [];
    },
  });
  await client.watchOrders('BTC/USD');
  return sent;
}

test.each([
  [{ type: 'subscribe', product_ids, channels: ['ticker', 'matches', 'level2_batch'] }, 'read'],
  [{ type: 'subscribe', channels: [{ name: 'heartbeat', product_ids }, 'status'] }, 'read'],
  [{ type: 'unsubscribe', channels: ['user'] }, 'read'],
  [{ type: 'subscribe', product_ids, channels: ['user'] }, 'unknown'],
  [{ type: 'subscribe', product_ids, channels: ['ticker', 'level2'] }, 'unknown'],
  [{ type: 'subscribe', product_ids, channels: ['withdrawals'] }, 'unknown'],
  [{ type: 'subscribe', product_ids: ['btc usd'], channels: ['ticker'] }, 'unknown'],
  [{ type: 'subscribe', channels: [{ name: 'ticker', product_ids: 'BTC-USD' }] }, 'unknown'],
  [{ type: 'subscribe', channels: [{ name: 'ticker', product_ids, more: 1 }] }, 'unknown'],
  [{ type: 'subscribe', channels: [['ticker']] }, 'unknown'],
  [{ type: 'subscribe', channels: [] }, 'unknown'],
  [{ type: 'subscribe', product_ids }, 'unknown'],
  [{ type: 'subscribe', channels: ['balance'], account_ids: ['../x'] }, 'unknown'],
  [{ type: 'subscribe', channels: ['user'], key: 'k', signature: 's' }, 'unknown'],
  [{ type: 'subscribe', channels: ['ticker'], side: 'buy' }, 'unknown'],
  [{ type: 'order', channels: ['user'] }, 'unknown'],
])('%j is %s', (message, kind) => {
  expect(read(message)).toMatchObject({ kind });
});

test('ccxt’s subscription passes with the decoy alone, and goes out as ccxt would sign it with the real key now', async () => {
  const login = read(await subscriptionOf(decoy));
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.operation).toBe('subscribe user');
  expect(login.authenticate?.(decoy)).toEqual({ kind: 'valid' });
  for (const other of [
    real,
    { ...decoy, secret: real.secret ?? '' },
    { ...decoy, passphrase: real.passphrase ?? '' },
    {},
  ])
    expect(login.authenticate?.(other)).toMatchObject({ kind: 'invalid' });
  const later = nowMs + 5000;
  expect(JSON.parse(login.write(asReal(real), stampAt(later)))).toEqual(await subscriptionOf(real, later));
});

test('a time that is none, or that was not signed, is refused', async () => {
  const sent = await subscriptionOf(decoy);
  for (const timestamp of ['soon', nowMs / 1000 + 1, `${nowMs / 1000}GET/x`, '0x1']) {
    const login = read({ ...sent, timestamp });
    if (login?.kind !== 'login') throw new Error('not a login');
    expect(login.authenticate?.(decoy), String(timestamp)).toMatchObject({ kind: 'invalid' });
  }
  const asText = read({ ...sent, timestamp: String(nowMs / 1000) });
  if (asText?.kind !== 'login') throw new Error('not a login');
  expect(JSON.parse(asText.write(asReal(real), stampAt(nowMs))).timestamp).toBe('1800000000');
});

test('a refusal is the error that clients raise', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  const answer = JSON.parse(session?.refuse('{', refusal) ?? '');
  expect(answer).toMatchObject({ type: 'error', reason: expect.stringContaining('r-1') });
  const client = new ccxt.pro.coinbaseexchange() as unknown as {
    handleMessage(client: object, message: object): void;
  };
  const raised: unknown[] = [];
  client.handleMessage({ url: 'wss://x', reject: (error: unknown) => raised.push(error) }, answer);
  expect(String(raised[0])).toContain('r-1');
});
