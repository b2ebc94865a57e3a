// Every venue on paper by ccxt, unmodified and with the account's real key: read, order, cancel, fill, an order beyond its means.
import type { Balances } from 'ccxt';
import { describe, expect, test } from 'vitest';
import { uuidOf } from '../../../src/paper/desk.js';
import { dialects } from '../../../src/paper/dialects.js';
import { PaperFault } from '../../../src/paper/fault.js';
import { formFields, jsonFields } from '../../../src/paper/fields.js';
import { findVenue } from '../../../src/venues/venues.js';
import { paperVenue, tradeWithCcxt } from '../../support/paper-venue.js';
import { requestOf } from '../../support/venue-requests.js';

const fields = {
  alpaca: ['keyId', 'secretKey'],
  binance: ['apiKey', 'secretKey'],
  bybit: ['apiKey', 'secretKey'],
  coinbase: ['apiKey', 'privateKey'],
  'coinbase-exchange': ['apiKey', 'secret'],
  hyperliquid: ['accountAddress', 'privateKey'],
  kraken: ['apiKey', 'secret'],
  okx: ['apiKey', 'secretKey'],
} as const;

function connect(venueId: string) {
  const venue = findVenue(venueId);
  if (venue === undefined) throw new Error(`no venue ${venueId}`);
  const paper = paperVenue(venue);
  const [key, secret] = fields[venueId as keyof typeof fields];
  const config =
    venueId === 'hyperliquid'
      ? { walletAddress: paper.secrets[key], privateKey: paper.secrets[secret] }
      : { apiKey: paper.secrets[key], secret: paper.secrets[secret] };
  const { passphrase: password } = paper.secrets;
  const client = paper.connectCcxt({ ...config, ...(password && { password }) }, venueId.replace('-', ''));
  // Alpaca's and OKX's paper keys are of their demo environments.
  if (venueId === 'alpaca' || venueId === 'okx') client.setSandboxMode(true);
  return { paper, client };
}

const total = (balances: Balances, currency: string) => Number(balances[currency]?.total);
const free = (balances: Balances, currency: string) => Number(balances[currency]?.free);

/** Those that ccxt does not speak, or that list no spot, have a test of their own beside their dialect. */
const withoutCcxt = ['ibkr', 'kraken-futures', 'tradier'];

test('every dialect is traded on', () => {
  const traded = [...Object.keys(fields), ...withoutCcxt];
  expect(traded.sort()).toEqual(dialects.map(({ venue }) => venue).sort());
});

describe.each(Object.keys(fields))('%s', (venueId) => {
  const cash = venueId === 'alpaca' ? 'USD' : venueId === 'hyperliquid' ? 'USDC' : 'USDT';
  const symbol = `BTC/${cash}`;

  test('ccxt reads, rests, cancels and fills an order', async () => {
    const { client } = connect(venueId);
    const seen = await tradeWithCcxt(client, symbol);
    expect(total(seen.before, cash)).toBeGreaterThanOrEqual(100_000);
    expect(seen.open.map(({ id }) => id)).toEqual([seen.resting.id]);
    expect(seen.open[0]).toMatchObject({ symbol, side: 'buy', type: 'limit', amount: 0.01, status: 'open' });
    expect(free(seen.held, cash)).toBeLessThan(free(seen.before, cash));
    expect(seen.afterwards).toEqual([]);
    expect(seen.fetched).toMatchObject({ id: seen.filled.id, status: 'closed', filled: 0.01 });
    // Hyperliquid tells an order's average once, when it is placed, in five digits; a price may move with the second.
    const average = Number(seen.fetched.average ?? seen.filled.average);
    expect(average).toBeGreaterThanOrEqual(seen.bid * 0.999);
    expect(total(seen.after, cash)).toBeLessThan(total(seen.before, cash));
    expect(total(seen.after, 'BTC')).toBeGreaterThan(total(seen.before, 'BTC'));
  });

  test('an order beyond the account’s means raises InsufficientFunds', async () => {
    const { client } = connect(venueId);
    const { failure } = await tradeWithCcxt(client, symbol);
    expect(failure).toBe('InsufficientFunds');
  });

  test('a signature by another secret is refused', async () => {
    const one = connect(venueId);
    const other = connect(venueId);
    // The key of one account with the secret of another.
    Object.assign(one.client, { secret: other.client.secret, privateKey: other.client.privateKey });
    // Who asks Hyperliquid signs nothing: the dead-man switch stands for the balance there.
    const signed =
      venueId === 'hyperliquid' ? one.client.cancelAllOrdersAfter(10_000) : one.client.fetchBalance();
    await expect(signed).rejects.toThrow();
  });
});

test('parameters are read one way or refused', () => {
  const json = (text: string) => jsonFields(requestOf('POST', 'https://a.test/', [], text));
  expect(json('{"a":1.50,"b":true,"c":"x"}').text('a')).toBe('1.50');
  const refused = [
    () => json('{"a":1,"a":2}'),
    () => json('[1]'),
    () => json('{"a":1e3}').amount('a'),
    () => json('{"a":"-1"}').amount('a'),
    () => json('{"a":"0"}').amount('a'),
    () => json('{}').required('a'),
    () => json('{"a":"z"}').oneOf('a', ['x', 'y']),
    () => formFields(requestOf('POST', 'https://a.test/?a=1', [], 'a=2')),
  ];
  for (const read of refused) expect(read).toThrow(PaperFault);
});

test('ids drawn from a text are UUIDs of version 4 and do not repeat', () => {
  const ids = [...Array(500).keys()].map((id) => uuidOf(String(id)));
  expect(new Set(ids).size).toBe(500);
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
    true,
  );
});
