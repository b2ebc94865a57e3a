// The venues' own dead-man switches: set while orders rest, renewed, taken back, and what they do at each venue on paper.
import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { fixedClock } from '../../../../src/core/clock.js';
import type { TradingAccount } from '../../../../src/sidecar/orders/accounts.js';
import { DeadMan } from '../../../../src/sidecar/orders/dead-man.js';
import type { AskVenue } from '../../../../src/sidecar/venue-calls.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { venues } from '../../../../src/venues/venues.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';
import { casesOf, okxCase, orderOf, venueDesk } from '../../../support/venue-order-box.js';

const byId = Object.fromEntries(venues.map((venue) => [venue.id, venue]));
const switched = [okxCase(byId.okx!), ...casesOf(byId)].filter(
  ({ venue }) => venue.admin?.setDeadMan !== undefined,
);
const at = { environment: 'paper' } as const;

let box: OrderBox | undefined;
afterEach(() => box?.stop());

test('these venues document one', () => {
  expect(switched.map(({ name }) => name)).toEqual(['okx', 'kraken', 'kraken-futures', 'hyperliquid']);
});

test.each(switched.map((one) => [one.name, one] as const))(
  '%s cancels what rests once it is not set again, and nothing when it was taken back',
  (_, one) => {
    const clock = fixedClock(Date.now());
    const { ask, send, admin } = venueDesk(one, clock);
    const pass = (ms: number) => clock.set(clock.nowMs() + ms);
    const set = (timeoutMs: number) => {
      const call = admin.setDeadMan?.(at, timeoutMs, clock.nowMs());
      return call && ask(call);
    };
    const resting = () => ask(admin.openOrders(at))?.orders.length;
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
    const call = admin.setDeadMan?.(at, 10_000, clock.nowMs());
    expect(call?.read({ status: 502, body: Buffer.from('<html>') })).toBeUndefined();
  },
);

test('it is set while an order rests, renewed in time, and taken back; each change is told once', async () => {
  let [openOrders, nowMs, isRefused] = [0, 1_000_000, false];
  const asked: string[] = [];
  const told: JournalEvent[] = [];
  const trading = {
    account: { id: 'main', environment: 'demo', venue: byId.okx },
    desk: { ledger: { openIn: () => Array(openOrders) } },
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

test('a box that asks for it has it at the venue as soon as an order rests there; others never', async () => {
  for (const deadManMs of [0, 10_000]) {
    box = await startOrderBox({ mode: 'demo', reflexes: { deadManMs } });
    const { place, events, taken } = box;
    await place();
    const isTold = () => events().some((event) => event.type === 'trading.dead-man' && event.isSet);
    if (deadManMs > 0) await eventually(isTold, 10_000);
    expect(taken.includes('POST trade/cancel-all-after')).toBe(deadManMs > 0);
    await box.stop();
  }
});
