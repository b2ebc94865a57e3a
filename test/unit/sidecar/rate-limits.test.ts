import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import { fixedClock } from '../../../src/core/clock.js';
import { RateLimits } from '../../../src/sidecar/rate-limits.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { bybit } from '../../../src/venues/bybit/bybit.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from '../../support/okx-client.js';
import { closeAll, decidedOf, okxDecoys, order, setUp } from '../../support/relay-box.js';
import { answer, exchange } from '../../support/sidecar-box.js';

afterEach(closeAll);

function setUpLimits() {
  const clock = fixedClock(1_800_000_000_000);
  const events: JournalEvent[] = [];
  const limits = new RateLimits(
    () => clock.nowMs(),
    (event) => events.push(event),
  );
  return { clock, events, limits, move: (ms: number) => clock.set(clock.nowMs() + ms) };
}

const heard = (status: number, body = '', headers: Record<string, string> = {}) => ({
  status,
  header: (name: string) => headers[name],
  body: Buffer.from(body),
});

test('an account waits as long as its venue says; others do not', () => {
  const { limits, move } = setUpLimits();
  const owner = { venue: okx, account: 'a' };
  expect(limits.waitMs(owner)).toBe(0);
  limits.note(owner, heard(429, '', { 'retry-after': '5' }));
  expect(limits.waitMs(owner)).toBe(5_000);
  for (const other of [{ venue: okx, account: 'b' }, { venue: okx }, { venue: bybit, account: 'a' }])
    expect(limits.waitMs(other)).toBe(0);
  limits.note(owner, heard(429, '', { 'retry-after': '1' })); // a shorter one does not end it
  move(4_999);
  expect(limits.waitMs(owner)).toBe(1);
  move(1);
  expect(limits.waitMs(owner)).toBe(0);
});

test('a banned address is every account’s, for as long as the venue says', () => {
  const { limits } = setUpLimits();
  limits.note({ venue: binance, account: 'a' }, heard(418, '', { 'retry-after': '9999' }));
  for (const other of [{ venue: binance, account: 'b' }, { venue: binance }])
    expect(limits.waitMs(other)).toBe(9_999_000);
  expect(limits.waitMs({ venue: okx, account: 'a' })).toBe(0);
});

test('the journal gets one line in ten seconds for each account, with what was left out', () => {
  const { limits, events, move } = setUpLimits();
  const headers = { 'x-mbx-used-weight-1m': '6001' };
  const note = (account: string) =>
    limits.note({ venue: binance, account }, heard(429, '{"code":-1003}', headers), 'r-1');
  for (let count = 0; count < 50; count += 1) note('a');
  note('b');
  const line = { type: 'venue.limited', venue: 'binance', code: '-1003', status: 429, waitMs: 60_000 };
  expect(events).toMatchObject([
    { ...line, account: 'a', isBan: false, repeats: 0, used: '6001', request: 'r-1' },
    { account: 'b', repeats: 0 },
  ]);
  move(10_000);
  note('a');
  expect(events[2]).toMatchObject({ account: 'a', repeats: 49 });
});

test('of successful answers only short ones with a mark of the leaf are read', () => {
  const { limits, events } = setUpLimits();
  const head = (length: number, status = 200) => ({
    status,
    fields: { get: (name: string) => (name === 'content-length' ? String(length) : undefined) },
  });
  const of = (venue: typeof okx | undefined) => ({
    venue,
    credential: undefined,
    classification: undefined,
    id: 'r-1',
  });
  expect(limits.overhear(of(undefined), head(10, 429))).toBeUndefined();
  expect(limits.overhear(of(binance), head(10))).toBeUndefined();
  expect(limits.overhear(of(bybit), head(5_000))).toBeUndefined();
  for (const body of ['{"retCode":0}', `{"retCode":10006}${' '.repeat(3_000)}`]) {
    const ear = limits.overhear(of(bybit), head(10));
    ear?.add(Buffer.from(body));
    ear?.end();
  }
  expect(events).toEqual([]);
  const ear = limits.overhear(of(bybit), head(18));
  ear?.add(Buffer.from('{"retCode":'));
  ear?.add(Buffer.from('10006}'));
  ear?.end();
  expect(events).toMatchObject([{ code: '10006', waitMs: 1_000 }]);
});

test('in a box: after a limit only cancels leave until it is over', async () => {
  const startMs = Date.now();
  const clock = fixedClock(startMs);
  const limited = JSON.stringify({ code: '50011', data: [], msg: 'Too Many Requests' });
  let isLimited = true;
  const { box, upstream } = await setUp(
    (peer) =>
      peer.socket.write(
        isLimited
          ? answer(limited, 'retry-after: 3\r\n', '429 Too Many Requests')
          : answer('{"code":"0","data":[]}'),
      ),
    { clock },
    { mode: 'demo' },
  );
  const send = (method: string, target: string, body = '') =>
    exchange(box, okxHost, okxRequest(method, target, body, okxDecoys));
  const read = () => send('GET', '/api/v5/account/balance');
  expect(await read()).toContain('Too Many Requests"}');
  isLimited = false;
  expect(await read()).toMatch(
    /^HTTP\/1\.1 429 [\s\S]*retry-after: 3\r\n[\s\S]*"code":"50011"[\s\S]*try again in 3 s/,
  );
  expect(await send('POST', '/api/v5/trade/order', order)).toContain('50011');
  const cancel = JSON.stringify({ instId: 'BTC-USDT', ordId: '1' });
  expect(await send('POST', '/api/v5/trade/cancel-order', cancel)).toContain('"code":"0"');
  expect(upstream.receivedText()).not.toContain('/api/v5/trade/order ');
  expect(decidedOf(box).map(({ code }) => code)).toEqual([
    'PERMITTED',
    'VENUE_LIMITED',
    'VENUE_LIMITED',
    'PERMITTED',
  ]);
  expect(box.events().filter(({ type }) => type === 'venue.limited')).toMatchObject([
    { venue: 'okx', account: 'okx-demo', code: '50011', waitMs: 3_000, isBan: false },
  ]);
  clock.set(startMs + 3_000);
  expect(await read()).toContain('"code":"0"');
});
