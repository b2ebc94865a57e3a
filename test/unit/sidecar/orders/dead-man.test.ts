// The venues' own dead-man switches: set while orders rest, renewed, taken back, and what they do at each venue on paper.
import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { fixedClock } from '../../../../src/core/clock.js';
import type { TradingAccount } from '../../../../src/sidecar/orders/accounts.js';
import { DeadMan, mostMarkets } from '../../../../src/sidecar/orders/dead-man.js';
import type { AskVenue } from '../../../../src/sidecar/venue-calls.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { venues } from '../../../../src/venues/venues.js';
import { startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';
import { casesOf, okxCase, orderOf, type VenueCase } from '../../../support/venue-cases.js';
import { startVenueOrderBox, venueDesk } from '../../../support/venue-order-box.js';

const byId = Object.fromEntries(venues.map((venue) => [venue.id, venue]));
/** Whose switch reaches the case's order. */
const marketOf = ({ venue, order }: VenueCase): string | undefined => {
  const { path, body } = order();
  const instrument = new URLSearchParams(body).get('symbol') ?? '';
  const isOfMarket = venue.admin?.deadManMarket;
  return isOfMarket === undefined ? '' : isOfMarket({ instrument, operation: path.slice(1) });
};
const switched = [okxCase(byId.okx!), ...casesOf(byId)].filter(
  (one) => one.venue.admin?.setDeadMan !== undefined && marketOf(one) !== undefined,
);
const at = { environment: 'paper' } as const;

let box: { stop(): Promise<unknown> } | undefined;
afterEach(() => box?.stop());

test('these venues document one', () => {
  expect(switched.map(({ name }) => name)).toEqual([
    'okx',
    'binance futures',
    'binance coin futures',
    'kraken',
    'kraken-futures',
    'hyperliquid',
  ]);
});

test.each(switched.map((one) => [one.name, one] as const))(
  '%s cancels what rests once it is not set again, and nothing when it was taken back',
  (_, one) => {
    const clock = fixedClock(Date.now());
    const { ask, send, admin } = venueDesk(one, clock);
    const pass = (ms: number) => clock.set(clock.nowMs() + ms);
    const set = (timeoutMs: number) => {
      const call = admin.setDeadMan?.(at, timeoutMs, clock.nowMs(), marketOf(one) ?? '');
      return call && ask(call);
    };
    const resting = (page?: string): number => {
      const { orders, next } = ask(admin.openOrders(at, page)) ?? { orders: [] };
      return orders.length + (next === undefined ? 0 : resting(next));
    };
    send(orderOf(one));
    expect(resting()).toBe(1);
    expect(set(10_000)).toBe(true);
    pass(8_000);
    expect(set(10_000)).toBe(true);
    pass(8_000);
    expect([resting(), set(0)]).toEqual([1, true]);
    pass(60_000);
    expect([resting(), set(10_000)]).toEqual([1, true]);
    pass(11_000);
    expect(resting()).toBe(0);
    const call = admin.setDeadMan?.(at, 10_000, clock.nowMs(), marketOf(one) ?? '');
    expect(call?.read({ status: 502, body: Buffer.from('<html>') })).toBeUndefined();
  },
);

test('it is set while an order rests, renewed in time, and taken back; each change is told once', async () => {
  let [openOrders, nowMs, isRefused] = [0, 1_000_000, false];
  const asked: string[] = [];
  const told: JournalEvent[] = [];
  // Of a cancel nothing rests.
  const [placing, canceling] = ['place', 'cancel'].map((action) => ({
    operation: 'trade/order',
    intents: [{ action, instrument: 'BTC-USDT' }],
  }));
  const trading = {
    account: { id: 'main', environment: 'demo', venue: byId.okx },
    desk: { ledger: { openIn: () => [canceling, ...Array(openOrders).fill(placing)] } },
    journal: { append: (event: JournalEvent) => told.push(event) },
  } as unknown as TradingAccount;
  const ask = (async (_: unknown, { request }: VenueCall<boolean>) => {
    asked.push(JSON.parse(request.body.toString()).timeOut);
    return isRefused
      ? { isUnderstood: false, problem: 'no whole answer came', status: 0 }
      : { isUnderstood: true, value: true };
  }) as AskVenue;
  const deadMan = new DeadMan({ accounts: () => [trading], ask, nowMs: () => nowMs, timeoutMs: 60_000 });
  const look = async (laterMs: number, orders: number) => {
    nowMs += laterMs;
    openOrders = orders;
    await deadMan.look();
    return asked.splice(0);
  };
  expect(await look(0, 0)).toEqual([]);
  expect(await look(0, 1)).toEqual(['60']);
  expect(await look(1_000, 2)).toEqual([]);
  expect(await look(20_000, 2)).toEqual(['60']);
  expect(await look(-3_600_000, 2), 'the clock set back').toEqual(['60']);
  expect(await look(1_000, 2)).toEqual([]);
  isRefused = true;
  expect(await look(20_000, 2)).toEqual(['60']);
  expect(await look(20_000, 0)).toEqual(['0']);
  isRefused = false;
  expect(await look(20_000, 0)).toEqual(['0']);
  expect(await look(20_000, 0)).toEqual([]);
  const problem = 'no whole answer came';
  const event = { type: 'trading.dead-man', account: 'main', problem: '' };
  expect(told).toEqual([
    { ...event, isSet: true, timeoutMs: 60_000 },
    { ...event, isSet: false, timeoutMs: 60_000, problem },
    { ...event, isSet: false, timeoutMs: 0, problem },
    { ...event, isSet: false, timeoutMs: 0 },
  ]);
});

test('where each market has a switch, each is kept for itself, and no more than the venue’s limits bear', async () => {
  let [open, nowMs]: [[string, string][], number] = [[], 1_000_000];
  const asked: string[] = [];
  const told: JournalEvent[] = [];
  const trading = {
    account: { id: 'main', environment: 'live', venue: byId.binance },
    desk: {
      ledger: {
        openIn: () =>
          open.map(([operation, instrument]) => ({
            operation,
            intents: [{ action: operation.endsWith('allOpenOrders') ? 'cancel' : 'place', instrument }],
          })),
      },
    },
    journal: { append: (event: JournalEvent) => told.push(event) },
  } as unknown as TradingAccount;
  const ask = (async (_: unknown, { request }: VenueCall<boolean>) => {
    asked.push(`${request.host}${request.path}?${request.query}`);
    return { isUnderstood: true, value: true };
  }) as AskVenue;
  const deadMan = new DeadMan({ accounts: () => [trading], ask, nowMs: () => nowMs, timeoutMs: 60_000 });
  const look = async (orders: [string, string][]) => {
    nowMs += 20_000;
    open = orders;
    await deadMan.look();
    return asked.splice(0).sort();
  };
  const usdm = (symbol: string, ms: number) =>
    `fapi.binance.com/fapi/v1/countdownCancelAll?symbol=${symbol}&countdownTime=${ms}`;
  const coinm = 'dapi.binance.com/dapi/v1/countdownCancelAll?symbol=BTCUSD_PERP&countdownTime=60000';
  expect(await look([['api/v3/order', 'BTCUSDT']])).toEqual([]);
  expect(await look([['papi/v1/um/order', 'BTCUSDT']])).toEqual([]);
  expect(await look([['fapi/v1/allOpenOrders', 'BTCUSDT']])).toEqual([]);
  expect(
    await look([
      ['fapi/v1/order', 'BTCUSDT'],
      ['fapi/v1/order', 'BTCUSDT'],
      ['dapi/v1/order', 'BTCUSD_PERP'],
    ]),
  ).toEqual([coinm, usdm('BTCUSDT', 60_000)]);
  expect(
    await look([
      ['dapi/v1/order', 'BTCUSD_PERP'],
      ['fapi/v1/batchOrders', 'ETHUSDT'],
    ]),
  ).toEqual([coinm, usdm('BTCUSDT', 0), usdm('ETHUSDT', 60_000)]);
  expect(await look([['dapi/v1/order', 'BTCUSD_PERP']])).toEqual([coinm, usdm('ETHUSDT', 0)]);
  expect(told).toEqual(
    [
      ['/fapi/v1:BTCUSDT', true],
      ['/dapi/v1:BTCUSD_PERP', true],
      ['/fapi/v1:ETHUSDT', true],
      ['/fapi/v1:BTCUSDT', false],
      ['/fapi/v1:ETHUSDT', false],
    ]
      .map(([market, isSet]) => ({ market, isSet, timeoutMs: isSet ? 60_000 : 0, problem: '' }))
      .map((one) => expect.objectContaining({ type: 'trading.dead-man', account: 'main', ...one })),
  );
  const many = Array.from({ length: 25 }, (_, at): [string, string] => ['fapi/v1/order', `A${at}USDT`]);
  // The one that is set already stays.
  const set = await look([...many, ['dapi/v1/order', 'BTCUSD_PERP']]);
  expect([set.length, set.includes(coinm)]).toEqual([mostMarkets, true]);
  const unset = told.slice(5).filter((event) => event.type === 'trading.dead-man' && !event.isSet);
  expect(unset).toHaveLength(6);
  expect(unset[0]).toMatchObject({ problem: 'orders rest in more than 20 markets' });
});

test('a box that asks for it has it at the venue as soon as an order rests there; others never', async () => {
  for (const deadManMs of [0, 10_000]) {
    const started = await startOrderBox({ mode: 'demo', reflexes: { deadManMs } });
    box = started;
    const { place, events, taken } = started;
    await place();
    const isTold = () => events().some((event) => event.type === 'trading.dead-man' && event.isSet);
    if (deadManMs > 0) await eventually(isTold, 10_000);
    expect(taken.includes('POST trade/cancel-all-after')).toBe(deadManMs > 0);
    await box.stop();
  }
});

test('at Binance the box sets the switch of the contract that it ordered', async () => {
  const futures = casesOf(byId).find(({ name }) => name === 'binance futures') as VenueCase;
  const started = await startVenueOrderBox(futures, { reflexes: { deadManMs: 10_000, duplicateMs: 0 } });
  box = started;
  const { agent, control, accountEvents } = started;
  expect(await agent(orderOf(futures))).toContain('pending approval');
  const [held] = control.list(1).orders;
  await control.approve(held?.order ?? '', held?.fingerprint.slice(0, 8) ?? '', 'ann');
  await agent(orderOf(futures));
  const told = () => accountEvents().find((event) => event.type === 'trading.dead-man');
  await eventually(() => told() !== undefined, 10_000);
  expect(told()).toMatchObject({ market: '/fapi/v1:BTCUSDT', isSet: true, problem: '' });
});
