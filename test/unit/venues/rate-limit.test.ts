// Every venue's rate limits: read as it documents them, told in a shape that its clients take for one.
import { describe, expect, test } from 'vitest';
import { rateLimitsOf } from '../../../src/venues/rate-limit.js';
import { findVenue, venues } from '../../../src/venues/venues.js';
import { isRetryable, raisedBy } from '../../support/ccxt-wire.js';

const nowMs = 1_800_000_000_000;
const refusal = { code: 'TRADEBOX_RATE', message: 'later', requestId: 'r-1' };

function read(id: string, status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = { status, header: (name: string) => headers[name], body: Buffer.from(text) };
  return findVenue(id)?.rateLimits.read(answer, nowMs);
}

type Sample = [
  id: string,
  status: number,
  body: unknown,
  headers: Record<string, string>,
  code: string,
  waitMs: number,
  isBan?: true,
];

/** As the venues document them. */
const samples: Sample[] = [
  ['okx', 429, { code: '50011', data: [], msg: 'Rate limit reached' }, {}, '50011', 2_000],
  ['okx', 200, { code: '50061', data: [], msg: 'Order rate limit reached' }, {}, '50061', 2_000],
  ['okx', 200, { code: '1', data: [{ sCode: '50061' }] }, {}, '50061', 2_000],
  ['binance', 429, { code: -1003, msg: '' }, { 'retry-after': '7' }, '-1003', 7_000],
  ['binance', 429, { code: -1015, msg: 'Too many new orders' }, {}, '-1015', 10_000],
  ['binance', 400, { code: -1015, msg: 'Too many new orders' }, {}, '-1015', 10_000],
  ['binance', 418, { code: -1003, msg: '' }, { 'retry-after': '600' }, '-1003', 600_000, true],
  ['binance', 418, 'teapot', { 'retry-after': '259200' }, '418', 259_200_000, true],
  ['binance', 418, 'teapot', { 'retry-after': '999999999' }, '418', 259_200_000, true],
  ['binance', 418, { code: -1003, msg: `IP banned until ${nowMs + 90_000}.` }, {}, '-1003', 90_000, true],
  ['bybit', 200, { retCode: 10006, retMsg: 'Too many visits!' }, {}, '10006', 1_000],
  [
    'bybit',
    200,
    { retCode: 10006, retMsg: '' },
    { 'x-bapi-limit-reset-timestamp': String(nowMs + 350) },
    '10006',
    350,
  ],
  ['bybit', 200, { retCode: 170222, retMsg: 'Too many requests in this time frame.' }, {}, '170222', 1_000],
  ['bybit', 200, { retCode: 10429, retMsg: 'System level frequency protection' }, {}, '10429', 1_000],
  ['bybit', 403, '403, access too frequent', {}, 'access too frequent', 600_000, true],
  ['kraken', 200, { error: ['EAPI:Rate limit exceeded'] }, {}, 'EAPI:Rate limit exceeded', 6_000],
  ['kraken', 200, { error: [`EService: Throttled: ${nowMs / 1000 + 9}`] }, {}, 'EService: Throttled', 9_000],
  ['kraken', 200, { error: ['EService:Throttled'] }, {}, 'EService:Throttled', 6_000],
  ['kraken', 200, { error: ['EGeneral:Temporary lockout'] }, {}, 'EGeneral:Temporary lockout', 60_000],
  ['kraken', 200, { error: ['EOrder:Rate limit exceeded'] }, {}, 'EOrder:Rate limit exceeded', 2_000],
  ['kraken-futures', 200, { result: 'error', error: 'apiLimitExceeded' }, {}, 'apiLimitExceeded', 10_000],
  ['kraken-futures', 429, '', {}, '429', 10_000],
  ['coinbase', 429, { error: 'rate_limit_exceeded' }, {}, '429', 1_000],
  ['coinbase-exchange', 429, { message: 'Private rate limit exceeded' }, {}, '429', 1_000],
  [
    'alpaca',
    429,
    { code: 42910000, message: 'rate limit exceeded' },
    { 'x-ratelimit-reset': String(nowMs / 1000 + 12) },
    '42910000',
    12_000,
  ],
  ['tradier', 429, 'Quota Violation', { 'x-ratelimit-expiry': String(nowMs + 33_000) }, '429', 33_000],
  ['hyperliquid', 429, 'null', {}, '429', 60_000],
  [
    'hyperliquid',
    200,
    { status: 'err', response: 'Too many cumulative requests sent (9 > 1) for cumulative volume traded $1.' },
    {},
    'Too many cumulative requests sent',
    10_000,
  ],
  ['ibkr', 429, { error: 'Too Many Requests', statusCode: 429 }, {}, '429', 900_000, true],
];

test.each(samples)('%s: HTTP %i %j %j', (id, status, body, headers, code, waitMs, isBan) => {
  expect(read(id, status, body, headers)).toEqual({ code, waitMs, isBan: isBan ?? false });
  const marks = findVenue(id)?.rateLimits.marks ?? [];
  const text = JSON.stringify(body);
  if (status < 300) expect(marks.some((mark) => text.includes(mark))).toBe(true);
});

/** The venues that ccxt speaks. */
const ccxtIds: Readonly<Record<string, string>> = {
  okx: 'okx',
  binance: 'binance',
  bybit: 'bybit',
  kraken: 'kraken',
  'kraken-futures': 'krakenfutures',
  coinbase: 'coinbase',
  'coinbase-exchange': 'coinbaseexchange',
  alpaca: 'alpaca',
  hyperliquid: 'hyperliquid',
};

describe.each(venues.map((venue) => ({ id: venue.id, venue })))('$id', ({ id, venue }) => {
  const { rateLimits } = venue;

  test('its limits are among the samples', () => {
    expect(samples.map(([name]) => name)).toContain(id);
  });

  test('429 is one, whatever it carries, and lasts no longer than a minute, or a ban of the address three days', () => {
    // IBKR bars the address.
    expect(read(id, 429, '\0{"', { 'retry-after': '999999' })).toMatchObject(
      id === 'ibkr' ? { waitMs: 259_200_000, isBan: true } : { waitMs: 60_000, isBan: false },
    );
    expect(read(id, 429, '', { 'retry-after': new Date(nowMs + 5_000).toUTCString() })?.waitMs).toBe(5_000);
    expect(read(id, 429, '', { 'retry-after': new Date(0).toUTCString() })?.waitMs).toBe(0);
    expect(read(id, 429, '', { 'retry-after': 'soon' })?.waitMs).toBeGreaterThan(0);
  });

  test('no other answer is one', () => {
    for (const [status, body] of [
      [200, '{}'],
      [200, ''],
      [400, '{"code":-1121,"msg":"-1003"}'],
      [401, '{"code":"50111","msg":"\\"code\\":\\"50011\\""}'],
      [500, 'oops'],
      [503, '<html>'],
    ] as const)
      expect(read(id, status, body), `${status} ${body}`).toBeUndefined();
    const { status, body } = venue.refuse(refusal);
    expect(read(id, status, body.toString())).toBeUndefined();
  });

  test('its clients are told such that they try again', async () => {
    const answer = rateLimits.refuse(refusal, 1_200);
    expect(answer.headers).toContainEqual(['retry-after', '2']);
    expect(answer.body.toString()).toContain('tradebox: later (request r-1)');
    expect(read(id, answer.status, answer.body.toString())).toBeDefined();
    const ccxtId = ccxtIds[id];
    if (ccxtId === undefined) {
      expect(answer.status).toBe(429);
      return;
    }
    const raised = await raisedBy(ccxtId, {}, answer, (exchange) =>
      exchange.fetch('https://venue.test/', 'GET'),
    );
    expect(isRetryable(raised), raised.name).toBe(true);
    expect(raised.message).toContain('later');
  });
});

test('what has been used is told, and cut', () => {
  const rules = {
    statuses: { 429: { windowMs: 1 } },
    usedHeader: 'x',
    refusal: { status: 429, body: String },
  };
  const used = (value: string) =>
    rateLimitsOf(rules).read({ status: 429, header: () => value, body: Buffer.alloc(0) }, nowMs)?.used;
  expect(used('6001')).toBe('6001');
  expect(used('9'.repeat(99))).toHaveLength(32);
});
