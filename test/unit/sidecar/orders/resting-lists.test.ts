// What rests, list by list: whichever list of a venue's cannot be read, the orders of every other one are told and cancelled.
import { expect, test } from 'vitest';
import { killAccount } from '../../../../src/sidecar/orders/kill.js';
import { restingPages } from '../../../../src/sidecar/orders/resting-lists.js';
import type { AskVenue } from '../../../../src/sidecar/venue-calls.js';
import type { VenueAdmin, VenueCall } from '../../../../src/venues/admin.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import type { Venue } from '../../../../src/venues/venue.js';

const okxOrder = { instId: 'BTC-USDT', ordId: '1', algoId: '1', side: 'buy' };
const bybitOrder = { symbol: 'BTCUSDT', orderId: '1', side: 'Buy' };
const binanceOrder = { symbol: 'BTCUSDT', orderId: 1, algoId: 1, strategyId: 1, side: 'BUY' };
/** Each venue with its lists at live and an answer that tells one order, until it is cancelled. */
const venues: [Venue, number, (rows: number) => unknown, unknown][] = [
  [binance, 11, (rows) => [binanceOrder].slice(0, rows), { ...binanceOrder, code: '200' }],
  [
    bybit,
    6,
    (rows) => ({ retCode: 0, result: { list: [bybitOrder].slice(0, rows) } }),
    { retCode: 0, result: {} },
  ],
  [
    okx,
    5,
    (rows) => ({ code: '0', msg: '', data: [okxOrder].slice(0, rows) }),
    { code: '0', msg: '', data: [{ ordId: '1', algoId: '1', sCode: '0', sMsg: '' }] },
  ],
];

/** A venue with one order in each list, whose list at `failing` always answers 503. */
function desk(failing: number | undefined, told: (rows: number) => unknown, gone: unknown) {
  const lists: string[] = [];
  const cancels: string[] = [];
  let last = '';
  const ask = (async (_account: unknown, call: VenueCall<unknown>) => {
    const { method, path, query, body } = call.request;
    const target = `${path}?${query}`;
    if (/cancel/.test(path) || method === 'DELETE') {
      cancels.push(last);
      expect(`${query}${body}`).toContain('1');
      return understood(call.read(answer(gone)));
    }
    if (!lists.includes(target)) lists.push(target);
    last = target;
    if (lists.indexOf(target) === failing) return { isUnderstood: false, problem: 'busy', status: 503 };
    return understood(call.read(answer(told(cancels.includes(target) ? 0 : 1))));
  }) as unknown as AskVenue;
  return { ask, lists, cancels };
}
const answer = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
function understood(value: unknown) {
  expect(value).toBeDefined();
  return { isUnderstood: true, value };
}

/** Each look at the clock comes so long after the one before: rounds end when twenty seconds have passed. */
async function kill(venue: Venue, ask: AskVenue, stepMs = 10_000) {
  let ms = 0;
  const trading = {
    account: { id: 'a', venue, environment: 'live' },
    desk: { setState() {}, ledger: { openIn: () => [], apply() {} } },
    journal: { append() {} },
  };
  const nowMs = () => {
    ms += stepMs;
    return ms;
  };
  return killAccount(trading as never, { flatten: false, by: 'ann' }, { ask, nowMs });
}

test.each(venues.map(([venue, ...rest]) => [venue.id, venue, ...rest] as const))(
  '%s: a list that is not answered keeps no other order alive, and the kill is not verified',
  async (_id, venue, count, told, gone) => {
    const whole = desk(undefined, told, gone);
    expect(await kill(venue, whole.ask)).toMatchObject({ isVerified: true, canceled: count, problem: '' });
    expect(whole.lists).toHaveLength(count);
    for (let failing = 0; failing < count; failing += 1) {
      const { ask, cancels, lists } = desk(failing, told, gone);
      const report = await kill(venue, ask);
      expect(report).toMatchObject({ isVerified: false, canceled: count - 1, left: 0 });
      expect(report.problem).toBe('what rests could not be listed: busy');
      expect(lists).toEqual(whole.lists);
      expect(new Set(cancels)).toEqual(new Set(lists.filter((_, index) => index !== failing)));
    }
  },
);

test('a list that answers again is tried again, and then the kill is verified', async () => {
  const [venue, count, told, gone] = venues[0] as (typeof venues)[number];
  const { ask, cancels } = desk(undefined, told, gone);
  let asked = 0;
  const busyAtFirst = (async (...of: Parameters<AskVenue>) => {
    asked += 1;
    return asked === 1 ? { isUnderstood: false, problem: 'busy', status: 429 } : ask(...of);
  }) as AskVenue;
  expect(await kill(venue, busyAtFirst, 100)).toMatchObject({ isVerified: true, canceled: count });
  expect(cancels).toHaveLength(count);
});

test('a venue that answers nothing at all is asked for seconds, not for ever, and nothing is verified', async () => {
  let asked = 0;
  const deaf = (async () => {
    asked += 1;
    return { isUnderstood: false, problem: 'no whole answer came', status: 0 };
  }) as unknown as AskVenue;
  const report = await kill(binance, deaf, 100);
  expect(report).toMatchObject({ isVerified: false, canceled: 0, left: 0 });
  expect(asked).toBe(5 * 11);
});

test('pages of one list are followed, but not for ever, and what follows it is asked all the same', async () => {
  const order = { instrument: 'X', venueOrderId: '1', kind: 'plain' } as const;
  const endless = {
    openOrders: (_at: unknown, page = 'a|0') => {
      const [list = '', number = ''] = page.split('|');
      const next = list === 'a' ? `a|${Number(number) + 1}` : undefined;
      return {
        page,
        value: { orders: [order], ...(next === undefined ? {} : { next }) },
        ...(list === 'a' ? { nextList: 'b|0' } : {}),
      };
    },
  } as unknown as Pick<VenueAdmin, 'openOrders'>;
  const ask = (async (_account: unknown, call: { value: unknown }) => ({
    isUnderstood: true,
    value: call.value,
  })) as unknown as AskVenue;
  const pages = [];
  for await (const page of restingPages({
    account: { environment: 'live' } as never,
    admin: endless,
    ask,
    deadlineMs: 1,
  }))
    pages.push(page);
  expect(pages.map(({ list, problem }) => `${list} ${problem ?? ''}`)).toEqual([
    ...Array.from({ length: 50 }, () => ' '),
    ' it has more than 50 pages',
    'b|0 ',
  ]);
});
