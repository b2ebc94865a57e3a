// The circuit breaker on the wire: a venue in trouble gets no new orders, cancels and reducing exits pass, a human re-arms it.
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox | undefined;
afterEach(async () => {
  await desk?.stop();
  desk = undefined;
});

const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market', sz: '1' };
const stateOf = (box: OrderBox) => box.box.sidecar.state.orders.list(1).accounts[0];

test('lost orders open the breaker; it outlives a restart, lets cancels and exits pass, and a human re-arms it', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0, breakerAnswers: 2, maxUnknown: 50 } });
  expect((await desk.agent('POST', 'trade/order', swap)).body.code).toBe('0');
  const resting = await desk.place();
  const ordId = resting.body.data[0]?.ordId ?? '';
  desk.fail('trade/order', 'error-after');
  desk.fail('trade/order', 'cut-before');
  await desk.place({ px: '49000' });
  await desk.place({ px: '48000' });
  await eventually(() => desk !== undefined && stateOf(desk)?.tradingState === 'REDUCE_ONLY');
  expect(stateOf(desk)?.cause).toMatch(/^circuit breaker: 2 abnormal answers of the venue within 60 s \(/);
  expect(desk.events()).toContainEqual(
    expect.objectContaining({ type: 'trading.state', state: 'REDUCE_ONLY', by: 'sidecar' }),
  );
  await desk.restart();
  const before = desk.taken.filter((one) => one === 'POST trade/order').length;
  expect((await desk.place({ px: '47000' })).status).toBe(403);
  expect(desk.taken.filter((one) => one === 'POST trade/order').length).toBe(before);
  const canceled = await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId });
  expect(canceled.body.code).toBe('0');
  const exit = await desk.agent('POST', 'trade/order', { ...swap, side: 'sell', reduceOnly: true });
  expect(exit.body.code).toBe('0');
  desk.box.sidecar.state.orders.resume('me', desk.box.sidecar.state.orders.list(0).accounts);
  expect((await desk.place({ px: '46000' })).body.code).toBe('0');
});

test('garbage to the own questions opens it; refusals of the venue do not, and a halt is never loosened', async () => {
  desk = await startOrderBox({ reflexes: { duplicateMs: 0, breakerAnswers: 3 } });
  for (let count = 0; count < 4; count += 1) await desk.place({ instId: 'NO-SUCH' });
  expect(stateOf(desk)?.tradingState).toBe('ACTIVE');
  desk.fail('account/positions', 'garbage', 3);
  for (const sz of ['1', '2', '3']) await desk.agent('POST', 'trade/order', { ...swap, sz });
  expect(stateOf(desk)?.tradingState).toBe('REDUCE_ONLY');
  expect(stateOf(desk)?.cause).toContain('(garbage)');
  await desk.box.sidecar.state.orders.kill({ flatten: false, by: 'me' });
  desk.fail('account/positions', 'garbage', 9);
  for (const sz of ['4', '5', '6']) {
    await desk.agent('POST', 'trade/order', { ...swap, side: 'sell', reduceOnly: true, sz });
  }
  expect(stateOf(desk)?.tradingState).toBe('HALTED');
});

test('an order that was approved while trading was restricted is not released', async () => {
  desk = await startOrderBox({
    mode: 'propose',
    approval: { holdMs: 5_000 },
    reflexes: { breakerAnswers: 1 },
  });
  const waiting = desk.agent('POST', 'trade/order', swap);
  await eventually(() => desk?.box.sidecar.state.orders.list(1).orders[0]?.state === 'held');
  const held = desk.box.sidecar.state.orders.list(1).orders[0];
  desk.fail('account/positions', 'garbage', 20);
  await desk.box.sidecar.state.orders.approve(held?.order ?? '', held?.fingerprint ?? '', 'me');
  expect((await waiting).status).toBe(403);
  expect(stateOf(desk)?.tradingState).toBe('REDUCE_ONLY');
  expect(desk.taken).not.toContain('POST trade/order');
});

test('a clock that is set back, while a sidecar lives or between two, ends what waits and stops new orders', async () => {
  // The exchange takes what is signed within half a minute of its own time.
  let offMs = 25_000;
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + offMs };
  desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 1 } }, { clock });
  const { orders } = desk.box.sidecar.state;
  await desk.place();
  expect(orders.list(1).orders[0]?.state).toBe('held');
  offMs = 5_000;
  expect(orders.list(1).orders[0]?.state).toBe('expired');
  expect(stateOf(desk)).toMatchObject({ tradingState: 'REDUCE_ONLY', by: 'sidecar' });
  expect(stateOf(desk)?.cause).toMatch(/^this machine's clock was set (19|20|21) s back/);
  orders.resume('me', orders.list(0).accounts);
  await desk.place();
  expect(orders.list(5).orders.map(({ state }) => state)).toContain('held');
  offMs = -12_000;
  await desk.restart();
  const after = desk.box.sidecar.state.orders;
  expect(after.list(5).orders.map(({ state }) => state)).toEqual(['expired', 'expired']);
  expect(stateOf(desk)?.cause).toMatch(/^this machine's clock was set \d+ s back/);
  after.resume('me', after.list(0).accounts);
  expect(stateOf(desk)?.tradingState).toBe('ACTIVE');
});
