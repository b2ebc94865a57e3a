// What the operator's side of the order boundary shows and does; the rest of it stands in orders.test.ts.
import { afterEach, expect, test } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());
const control = () => desk.box.sidecar.state.orders;

test('what waits for a human stands before all that came after it', async () => {
  desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 20 } });
  await desk.place();
  const [held] = control().list(1).orders;
  expect(held?.state).toBe('held');
  for (let count = 0; count < 5; count += 1)
    await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId: String(count) });
  expect(control().list(100).orders.length).toBeGreaterThan(1);
  expect(control().list(1).orders).toMatchObject([{ order: held?.order, state: 'held' }]);
});

test('a flood of denials hides neither an order whose outcome is not known nor one that was placed', async () => {
  desk = await startOrderBox({ guardrails: { version: 1, maxQuantity: { 'BTC-USDT': '0.01' } } });
  await desk.place();
  desk.fail('GET /api/v5/trade/order', 'silent-before', 9);
  desk.fail('POST /api/v5/trade/order', 'error-after');
  await desk.place({ px: '49000' });
  const deny = (from: number) =>
    Promise.all(
      Array.from({ length: 10 }, (_, index) => desk.place({ sz: '1', px: String(40_000 + from + index) })),
    );
  for (let from = 0; from < 60; from += 10) await deny(from);
  const states = (limit: number) =>
    control()
      .list(limit)
      .orders.map(({ state }) => state);
  expect(states(1_000).filter((state) => state === 'rejected').length).toBeGreaterThan(50);
  expect(states(10)[0]).toBe('unknown');
  expect(states(10)).toContain('acknowledged');
  expect(states(10).filter((state) => state === 'rejected')).toHaveLength(8);
  expect(states(58)).toHaveLength(58);
});

test('only what a human saw is lifted: a halt that came meanwhile, or for something else, stays', async () => {
  desk = await startOrderBox();
  const accounts = () => control().list(0).accounts;
  const before = accounts();
  await control().kill({ flatten: false, by: 'ann' });
  expect(() => control().resume('bob', before)).toThrow('okx-demo is HALTED for what was not shown: killed');
  expect(() => control().resume('bob', [])).toThrow('was not shown');
  const other = accounts().map((one) => ({ ...one, cause: 'drift: a position' }));
  expect(() => control().resume('bob', other)).toThrow('was not shown');
  expect(accounts()).toMatchObject([{ tradingState: 'HALTED', cause: 'killed' }]);
  expect(control().resume('bob', accounts()).accounts).toMatchObject([{ tradingState: 'ACTIVE' }]);
});

test('after a resumption the account is looked at at once: what it shows then is what later looks are held against', async () => {
  desk = await startOrderBox();
  const looks = () => desk.taken.filter((one) => one === 'GET account/positions').length;
  await eventually(() => looks() > 0);
  await control().kill({ flatten: false, by: 'ann' });
  const before = looks();
  control().resume('ann', control().list(0).accounts);
  await eventually(() => looks() > before, 2_000);
});

test('a stop that hangs on a filled entry counts as resting until a look at the venue shows it gone', async () => {
  desk = await startOrderBox({ reflexes: { reconcileMs: 1_000 } });
  const instId = 'BTC-USDT-SWAP';
  const stop = { slTriggerPx: '1000', slOrdPx: '-1' };
  const entry = { instId, tdMode: 'cross', ordType: 'market', side: 'buy', sz: '1', attachAlgoOrds: [stop] };
  const told = await desk.agent('POST', 'trade/order', entry as unknown as Record<string, string>);
  expect(told.body.code).toBe('0');
  const resting = () => control().list(0).accounts[0]?.resting;
  const algos = () => desk.atVenue('trade/orders-algo-pending?ordType=conditional');
  for (const untilMs = Date.now() + 2_500; Date.now() < untilMs; ) {
    expect(resting()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(control().list(1).orders[0]?.state).toBe('reconciled');
  const [algo] = algos();
  desk.elsewhere('trade/cancel-algos', [{ instId, algoId: algo?.['algoId'] }] as never);
  await eventually(() => resting() === 0);
  expect(algos()).toEqual([]);
});
