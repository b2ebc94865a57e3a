// The hard cap of a live step on the wire: a sidecar in `live`, an agent's client, an exchange. Asserted at the exchange.
import http from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createStepJudge } from '../../../../src/sidecar/orders/step-judge.js';
import { account, type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk?.stop());

/** Wide guardrails: what stops an order here is the step. */
const live = (more: object = {}, guardrails: object = {}) => ({
  mode: 'live' as const,
  guardrails: { version: 1, ...guardrails },
  reflexes: { ordersPerHour: 10_000, duplicateMs: 0, closedMs: 0 },
  approval: { holdMs: 30 },
  liveSteps: [{ account, step: 1, maxNotional: '50', maxDayNotional: '100', isOverridden: false, ...more }],
});
const placed = () => desk.taken.filter((each) => each === 'POST trade/order').length;
const denials = () =>
  desk
    .events()
    .flatMap((event) => (event.type === 'order.judged' ? event.reasons.map(({ code }) => code) : []));

test('the parts are functions of their own', () => {
  desk = undefined as unknown as OrderBox;
  expect(createStepJudge.length).toBe(1);
});

test('an order above the step is refused whatever the guardrails say, one within leaves at once', async () => {
  desk = await startOrderBox(live({}, { notional: { max: 1_000_000 } }));
  const refused = await desk.place({ sz: '0.0011', px: '50000' });
  expect(refused.body.code).not.toBe('0');
  expect(denials()).toEqual(['LIVE_STEP_EXCEEDED']);
  expect(placed()).toBe(0);
  expect((await desk.place({ sz: '0.0004', px: '50000' })).body.code).toBe('0');
  expect(placed()).toBe(1);
  expect(desk.events()).toContainEqual(expect.objectContaining({ type: 'account.step', account, step: 1 }));
});

test.each([
  ['in quote currency', {}],
  ['in a currency of the account', { currency: 'BTC' }],
])(
  'a day has a cap of its own, counted %s, kept by the next sidecar, and amendments are no way around it',
  async (_how, guardrails) => {
    desk = await startOrderBox(live({}, guardrails));
    expect((await desk.place({ sz: '0.0004', px: '50000', clOrdId: 'one' })).body.code).toBe('0');
    const amend = { instId: 'BTC-USDT', clOrdId: 'one', newSz: '0.00045' };
    expect((await desk.agent('POST', 'trade/amend-order', amend)).body.code).toBe('0');
    await desk.restart();
    expect((await desk.place({ sz: '0.0004', px: '49000', clOrdId: 'two' })).body.code).not.toBe('0');
    expect(denials()).toEqual(['LIVE_STEP_DAY']);
    expect(placed()).toBe(1);
  },
);

test('what cannot be held against dollars is refused', async () => {
  desk = await startOrderBox(live());
  expect((await desk.place({ instId: 'ETH-BTC', sz: '0.01', px: '0.05' })).body.code).not.toBe('0');
  expect(denials()).toEqual([
    expect.stringMatching(/^LIVE_STEP_(?:CURRENCY|UNPRICED)$/),
    // The paper exchange lists no such pair either.
    'SYMBOL_UNKNOWN',
  ]);
  expect(placed()).toBe(0);
});

test('an exit of a known position passes, however much it is worth', async () => {
  desk = await startOrderBox(live({ maxNotional: '2200', maxDayNotional: '50000' }));
  const swap = {
    instId: 'BTC-USDT-SWAP',
    tdMode: 'cross',
    ordType: 'market',
    px: undefined as unknown as string,
  };
  expect((await desk.place({ ...swap, side: 'buy', sz: '4' })).body.code).not.toBe('0');
  expect((await desk.place({ ...swap, side: 'buy', sz: '2' })).body.code).toBe('0');
  expect((await desk.place({ ...swap, side: 'buy', sz: '2' })).body.code).toBe('0');
  await eventually(() => desk.atVenue('account/positions').some(({ pos }) => pos === '4'));
  await eventually(() =>
    desk.box.sidecar.state.orders
      .list(5)
      .orders.every(({ state }) => state === 'reconciled' || state === 'rejected'),
  );
  expect((await desk.place({ ...swap, side: 'sell', sz: '4' })).body.code).toBe('0');
});

test('the tiers of approval: within the limit at once, above it a human', async () => {
  desk = await startOrderBox(live({}, { approval: { above: '20' } }));
  expect((await desk.place({ sz: '0.00015', px: '50000' })).body.code).toBe('0');
  const held = await desk.place({ sz: '0.0004', px: '49000' });
  expect(held.body.msg).toContain('pending approval');
  expect(placed()).toBe(1);
});

test('an account without a step does not start in `live`', async () => {
  desk = undefined as unknown as OrderBox;
  const { liveSteps: _none, ...without } = live();
  await expect(startOrderBox(without, {}, undefined, 'live')).rejects.toThrow('has no step on the ladder');
  await expect(startOrderBox({ ...live(), guardrails: undefined }, {}, undefined, 'live')).rejects.toThrow(
    'refused without guardrails',
  );
});

test('the agent reads its caps, and a key that can withdraw keeps the box from starting in `live`', async () => {
  desk = await startOrderBox(live());
  const told = await new Promise<string>((resolve, reject) => {
    const options = { port: desk.box.httpPort, path: '/limits', headers: { host: 'tradebox.internal' } };
    http
      .get({ host: '127.0.0.1', ...options }, (answer) => {
        answer.setEncoding('utf8');
        let text = '';
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(text));
      })
      .on('error', reject);
  });
  expect(JSON.parse(told).liveSteps).toEqual([{ account, maxNotional: '50', maxDayNotional: '100' }]);
  await desk.stop();
  desk = undefined as unknown as OrderBox;
  await expect(startOrderBox(live(), {}, 'read_only,trade,withdraw')).rejects.toMatchObject({
    code: 'KEY_CAN_WITHDRAW',
  });
});

test('what the step leaves of its caps stands with a held order, by side', async () => {
  desk = await startOrderBox(live({}, { firstOrders: 2 }));
  const held = () => desk.box.sidecar.state.orders.list(9).orders.find(({ state }) => state === 'held');
  await desk.place({ sz: '0.0004', px: '50000' });
  const [own] = held()?.assessment?.rules.filter(({ rule }) => rule === 'live step 1') ?? [];
  const worth = Number(own?.margins[0]?.value); // at the market's price, where that is dearer
  expect(worth).toBeGreaterThanOrEqual(20);
  expect(own?.margins).toEqual([
    expect.objectContaining({ name: 'worth of the request', unit: 'USD', limit: '50' }),
    expect.objectContaining({ name: 'worth of a day to buy', unit: 'USD', limit: '100' }),
  ]);
  const first = held();
  await desk.box.sidecar.state.orders.approve(
    first?.order ?? '',
    first?.fingerprint.slice(0, 8) ?? '',
    'ann',
  );
  expect((await desk.place({ sz: '0.0004', px: '50000' })).body.code).toBe('0');
  await desk.place({ sz: '0.0003', px: '49000' });
  const [next] = held()?.assessment?.rules.filter(({ rule }) => rule === 'live step 1') ?? [];
  expect(Number(next?.margins[1]?.value)).toBeGreaterThan(worth + 14);
  expect(Number(next?.margins[1]?.left)).toBeLessThan(100 - worth - 14);
});
