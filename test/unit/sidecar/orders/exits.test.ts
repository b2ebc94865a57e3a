// What may leave as an exit, with the outcome asserted at the exchange: nothing that can be left behind to open the reverse.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { venues } from '../../../../src/venues/venues.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { casesOf, orderOf } from '../../../support/venue-cases.js';
import { startVenueOrderBox } from '../../../support/venue-order-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());

const perpetual = 'BTC-USDT-SWAP';
const swap = { instId: perpetual, tdMode: 'cross', ordType: 'limit', sz: '2' };
const positions = () => desk.atVenue('account/positions').map(({ pos }) => pos);
const resting = () => desk.atVenue('trade/orders-pending').map(({ side, sz }) => `${side} ${sz}`);
const atAsk = (factor: number) =>
  (Number(desk.atVenue(`market/ticker?instId=${perpetual}`)[0]?.['askPx']) * factor).toFixed(1);
const close = () => desk.agent('POST', 'trade/close-position', { instId: perpetual, mgnMode: 'cross' });

/** Proposed, approved by a human, and claimed. */
async function decided(body: Record<string, string>) {
  await desk.agent('POST', 'trade/order', body);
  const { orders } = desk.box.sidecar.state.orders.list(100);
  const held = orders.find(({ state }) => state === 'held');
  if (held === undefined) throw new Error('the order is not held');
  await desk.box.sidecar.state.orders.approve(held.order, held.fingerprint, 'ann');
  return desk.agent('POST', 'trade/order', body);
}

/** A box in which a human decides whatever opens, with two contracts long. */
async function long() {
  desk = await startOrderBox({
    guardrails: { version: 1, noReversal: true, approval: { above: '0' } },
    approval: { holdMs: 40 },
    reflexes: { duplicateMs: 0 },
  });
  await decided({ ...swap, side: 'buy', px: atAsk(1.01) });
  await vi.waitFor(() => expect(positions()).toEqual(['2']));
}

test('a resting sale without reduce-only waits for a human as an opening order does, and no position is closed over it', async () => {
  await long();
  const sale = { ...swap, side: 'sell', px: atAsk(1.5) };
  expect((await desk.agent('POST', 'trade/order', sale)).body.msg).toContain('pending approval');
  expect(resting()).toEqual([]);
  // With a human's yes it rests; nothing that closes the position leaves before it is gone.
  await decided({ ...sale, px: atAsk(1.6) });
  expect(resting()).toEqual(['sell 2']);
  expect((await close()).body.msg).toContain('POSITION_');
  const bound = { ...swap, ordType: 'market', side: 'sell', reduceOnly: 'true' };
  expect((await desk.agent('POST', 'trade/order', bound)).body.msg).toContain('POSITION_');
  expect([positions(), resting()]).toEqual([['2'], ['sell 2']]);
  const [{ ordId } = {}] = desk.atVenue('trade/orders-pending');
  await desk.agent('POST', 'trade/cancel-order', { instId: perpetual, ordId });
  await vi.waitFor(async () => expect((await close()).body.code).toBe('0'));
  await vi.waitFor(() => expect([positions(), resting()]).toEqual([[], []]));
});

test('what can only close leaves without a human: reduce-only at rest, at market no more than is held', async () => {
  await long();
  const stop = { ...swap, side: 'sell', px: atAsk(1.5), reduceOnly: 'true' };
  expect((await desk.agent('POST', 'trade/order', stop)).body.code).toBe('0');
  expect(resting()).toEqual(['sell 2']);
  const [{ ordId } = {}] = desk.atVenue('trade/orders-pending');
  await desk.agent('POST', 'trade/cancel-order', { instId: perpetual, ordId });
  const market = { ...swap, ordType: 'market', side: 'sell' };
  await vi.waitFor(async () => expect((await desk.agent('POST', 'trade/order', market)).body.code).toBe('0'));
  await vi.waitFor(() => expect(positions()).toEqual([]));
});

test('a close that comes after the venue closed by itself opens nothing, however long ago the position was last seen, and after a restart', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0, closedMs: 1_000 } });
  const buy = { ...swap, ordType: 'market', side: 'buy' };
  expect((await desk.agent('POST', 'trade/order', buy)).body.code).toBe('0');
  await vi.waitFor(() =>
    expect(desk.events().filter(({ type }) => type === 'account.position')).toMatchObject([
      { quantity: '2' },
    ]),
  );
  await desk.restart();
  await sleep(1_100);
  // As a stop at the venue would.
  desk.elsewhere('trade/close-position', { instId: perpetual, mgnMode: 'cross' });
  const again = await desk.agent('POST', 'trade/order', { ...buy, side: 'sell' });
  expect([again.body.msg, positions()]).toEqual([expect.stringContaining('REVERSED_CLOSE'), []]);
  await sleep(1_100);
  expect((await desk.agent('POST', 'trade/order', { ...buy, side: 'sell' })).body.code).toBe('0');
});

test('at Kraken Futures, too, a cancel that the venue took leaves nothing behind: the exit right after it leaves', async () => {
  const one = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue]))).find(
    ({ name }) => name === 'kraken-futures',
  );
  if (one === undefined) throw new Error('no case');
  const box = await startVenueOrderBox(one, {
    mode: 'live',
    guardrails: { version: 1, noReversal: true },
    liveSteps: [
      { account: 'paper', step: 1, maxNotional: '100000', maxDayNotional: '100000', isOverridden: false },
    ],
  });
  try {
    const send = (path: string, query: string) =>
      box.agent({ ...orderOf(one), path: `/derivatives/api/v3/${path}`, query });
    const order = (more: string) => send('sendorder', `symbol=PF_XBTUSD&size=0.01&${more}`);
    expect(await order('side=buy&orderType=mkt')).toContain('"placed"');
    const rests = await order('side=sell&orderType=lmt&limitPrice=900000');
    const [, id = ''] = /"order_id":"([^"]+)"/.exec(rests) ?? [];
    const exit = () => order('side=sell&orderType=mkt&reduceOnly=true');
    expect(await exit()).not.toContain('"placed"');
    expect(await send('cancelorder', `order_id=${id}`)).toContain('"cancelled"');
    expect(await exit()).toContain('"placed"');
    expect(box.control.list(2).orders.map(({ state }) => state)).not.toContain('unknown');
  } finally {
    await box.stop();
  }
});
