// The sidecar's own questions: what an answer that is not understood lets follow, and what a rate limit does not.
import { expect, test } from 'vitest';
import { MarketMemory } from '../../../src/sidecar/orders/market-memory.js';
import type { Upstream } from '../../../src/sidecar/upstream.js';
import { createVenueCalls } from '../../../src/sidecar/venue-calls.js';
import { findVenue } from '../../../src/venues/venues.js';
import { asReal } from '../../support/venue-requests.js';

/** What the venues' questions are signed with that need a key. */
const tokens: Readonly<Record<string, string>> = {
  alpaca: 'accessToken',
  ibkr: 'sessionToken',
  tradier: 'accessToken',
};

/** What is thought of a symbol once its venue has answered every question with this. */
async function isUnlistedAfter(
  id: string,
  instrument: string,
  body: object | string,
  status = 200,
): Promise<boolean> {
  const venue = findVenue(id);
  if (venue === undefined) throw new Error(`no venue ${id}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const head = `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
  let asked = 0;
  const connection = () => {
    const one = {
      handler: undefined as { onUpstreamData(chunk: Buffer): void } | undefined,
      socket: { destroyed: false },
      write: () => {
        asked += 1;
        one.handler?.onUpstreamData(Buffer.from(head + text));
      },
      release: () => undefined,
      destroy: () => undefined,
    };
    return one;
  };
  const upstream = { take: () => undefined, dial: async () => connection() } as unknown as Upstream;
  const ask = createVenueCalls({ upstream, clock: { nowMs: () => 1_800_000_000_000 }, nextNonce: () => 1n });
  const memory = new MarketMemory({
    account: { id: 'main', venue, environment: 'live', real: asReal({ [tokens[id] ?? '']: 'made-up' }) },
    ask,
    nowMs: () => 0,
  });
  await memory.learn({ instruments: [instrument], positions: 'none' });
  expect(asked).toBeGreaterThan(0);
  return memory.isUnlisted(instrument);
}

test('a venue that is asked too often has not said that it lists no such symbol, though its answer is a 200', async () => {
  for (const error of [
    'EAPI:Rate limit exceeded',
    'EGeneral:Too many requests',
    'EGeneral:Temporary lockout',
  ])
    expect(await isUnlistedAfter('kraken', 'XBTUSD', { error: [error] }), error).toBe(false);
  const limited = { retCode: 10006, retMsg: 'Too many visits. Exceeded the API Rate Limit.', result: {} };
  expect(await isUnlistedAfter('bybit', 'BTCUSDT', limited)).toBe(false);
});

test('nor has one that says it cannot serve anybody now', async () => {
  for (const error of ['EService:Unavailable', 'EService:Busy', 'EGeneral:Internal error'])
    expect(await isUnlistedAfter('kraken', 'XBT/USD', { error: [error] }), error).toBe(false);
  const told = [
    ['okx', 'BTC-USDT', { code: '50013', msg: 'System is busy, please try again later', data: [] }],
    ['bybit', 'BTCUSDT', { retCode: 10016, retMsg: 'Server error.', result: {} }],
    ['binance', 'BTCUSDT', { code: -1001, msg: 'Internal error; unable to process your request.' }],
    ['kraken-futures', 'PF_XBTUSD', { result: 'error', error: 'Unavailable' }],
  ] as const;
  for (const [id, instrument, body] of told)
    expect(await isUnlistedAfter(id, instrument, body), id).toBe(false);
});

/** Answers that are not the venue's own: of a proxy in maintenance, of a gateway that knows no such path. */
const foreign = [
  '<html>Maintenance</html>',
  '',
  'Not Found',
  '[]',
  '{"fault":{"code":1}}',
  '{"detail":"gone"}',
];

test.each([
  ['alpaca', 'AAPL'],
  ['binance', 'BTCUSDT'],
  ['bybit', 'BTCUSDT'],
  ['coinbase', 'BTC-USD'],
  ['coinbase-exchange', 'BTC-USD'],
  ['hyperliquid', 'BTC'],
  ['ibkr', 'AAPL:265598'],
  ['kraken', 'XBT/USD'],
  ['kraken-futures', 'PF_XBTUSD'],
  ['okx', 'BTC-USDT'],
  ['tradier', 'AAPL'],
])('%s: nor has an answer that is not the venue’s own said anything of %s', async (id, instrument) => {
  for (const status of [200, 400, 404, 422])
    for (const body of foreign)
      expect(await isUnlistedAfter(id, instrument, body, status), `${status} ${body}`).toBe(false);
});

test('control: what it answers of a symbol it does not know says so', async () => {
  expect(await isUnlistedAfter('kraken', 'XBTUSD', { error: ['EQuery:Unknown asset pair'] })).toBe(true);
  const unknown = { retCode: 10001, retMsg: 'params error', result: {} };
  expect(await isUnlistedAfter('bybit', 'BTCUSDT', unknown)).toBe(true);
  const told = [
    ['alpaca', 'AAPL', { code: 40410000, message: 'asset not found for AAPL' }, 404],
    ['binance', 'BTCUSDT', { code: -1121, msg: 'Invalid symbol.' }, 400],
    ['coinbase', 'BTC-USD', { error: 'NOT_FOUND', message: 'valid product_id is required' }, 404],
    ['coinbase-exchange', 'BTC-USD', { message: 'NotFound' }, 404],
    ['hyperliquid', 'BTC', { universe: [], tokens: [] }, 200],
    ['ibkr', 'AAPL:265598', { secdef: [] }, 200],
    ['kraken-futures', 'PF_XBTUSD', { result: 'success', instruments: [] }, 200],
    ['okx', 'BTC-USDT', { code: '51001', msg: 'Instrument ID does not exist.', data: [] }, 200],
    ['tradier', 'AAPL', { quotes: { unmatched_symbols: { symbol: 'AAPL' } } }, 200],
  ] as const;
  for (const [id, instrument, body, status] of told)
    expect(await isUnlistedAfter(id, instrument, body, status), id).toBe(true);
});
