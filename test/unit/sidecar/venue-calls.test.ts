// The sidecar's own questions: what an answer that is not understood lets follow, and what a rate limit does not.
import { expect, test } from 'vitest';
import { MarketMemory } from '../../../src/sidecar/orders/market-memory.js';
import type { Upstream } from '../../../src/sidecar/upstream.js';
import { createVenueCalls } from '../../../src/sidecar/venue-calls.js';
import { findVenue } from '../../../src/venues/venues.js';
import { asReal } from '../../support/venue-requests.js';

/** What is thought of a symbol once its venue has answered every question, HTTP 200, with this. */
async function isUnlistedAfter(id: string, instrument: string, body: object): Promise<boolean> {
  const venue = findVenue(id);
  if (venue === undefined) throw new Error(`no venue ${id}`);
  const text = JSON.stringify(body);
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
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
    account: { id: 'main', venue, environment: 'live', real: asReal({}) },
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

test('control: what it answers of a symbol it does not know says so', async () => {
  expect(await isUnlistedAfter('kraken', 'XBTUSD', { error: ['EQuery:Unknown asset pair'] })).toBe(true);
  const unknown = { retCode: 10001, retMsg: 'params error', result: {} };
  expect(await isUnlistedAfter('bybit', 'BTCUSDT', unknown)).toBe(true);
});
