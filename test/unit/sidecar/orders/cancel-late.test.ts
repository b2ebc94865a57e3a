// What a kill cannot see at once: orders that arrive late, and closes that are lost. The rest of it stands in orders.test.ts.
import { afterEach, expect, test } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { eventually } from '../../../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());

const kill = async (flatten = false) => (await desk.box.sidecar.state.orders.kill({ flatten, by: 'ann' }))[0];
const resting = () => desk.atVenue('trade/orders-pending');
const slowMs = 20_000;

test(
  'a lost order that arrives after an empty list is waited for and cancelled',
  async () => {
    desk = await startOrderBox();
    desk.fail('trade/order', 'late');
    await desk.place();
    expect(await kill()).toMatchObject({ isVerified: true, canceled: 1, left: 0, problem: '' });
    expect(resting()).toHaveLength(0);
  },
  slowMs,
);

test(
  'one that arrives after the kill is cancelled when it is found, and what a human placed at the venue stays',
  async () => {
    desk = await startOrderBox();
    desk.fail('trade/order', 'cut-before');
    await desk.place();
    expect(await kill()).toMatchObject({ isVerified: true, canceled: 0 });
    const released = desk.events().find(({ type }) => type === 'order.releasing');
    const [clOrdId] = released?.type === 'order.releasing' ? released.clientOrderIds : [];
    const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.001' };
    desk.elsewhere('trade/order', { ...order, px: '50000', clOrdId });
    desk.elsewhere('trade/order', { ...order, px: '40000', clOrdId: 'byhand' });
    await desk.restart();
    await eventually(() => resting().length === 1, 8_000);
    expect(resting()).toMatchObject([{ clOrdId: 'byhand' }]);
    await eventually(() => desk.events().filter(({ type }) => type === 'trading.killed').length === 2);
    expect(desk.events().at(-1)).toMatchObject({ canceled: 1, failed: 0, left: 0 });
  },
  slowMs,
);

test('a flood of cancels that get no answer does not keep a kill from its end', async () => {
  desk = await startOrderBox();
  desk.fail('trade/cancel-order', 'cut-before', 3);
  for (const ordId of ['1', '2', '3'])
    await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId });
  const report = await kill();
  expect(report).toMatchObject({ isVerified: true });
  expect(report?.durationMs).toBeLessThan(1_000);
});

test('a close that is lost is made again, and each attempt stands in the journal', async () => {
  desk = await startOrderBox();
  const sell = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', ordType: 'market', sz: '2' };
  await desk.agent('POST', 'trade/order', sell);
  desk.fail('trade/close-position', 'cut-before');
  expect(await kill(true)).toMatchObject({ isVerified: true, closedPositions: 1 });
  expect(desk.atVenue('account/positions')).toHaveLength(0);
  const about = { account: 'okx-demo', instrument: 'BTC-USDT-SWAP' };
  expect(desk.events().filter(({ type }) => /^trading\.clos/.test(type))).toEqual([
    { type: 'trading.closing', ...about, quantity: '-2', attempt: 1 },
    { type: 'trading.closed', ...about, isAccepted: false, problem: expect.any(String) },
    { type: 'trading.closing', ...about, quantity: '-2', attempt: 2 },
    { type: 'trading.closed', ...about, isAccepted: true, problem: '' },
  ]);
}, 10_000);

test('what a kill closed is no drift, and what else changes in a killed account is told beside the kill', async () => {
  desk = await startOrderBox({ reflexes: { reconcileMs: 500 } });
  const sell = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', ordType: 'market', sz: '2' };
  await desk.agent('POST', 'trade/order', sell);
  const looks = () => desk.taken.filter((one) => one === 'GET account/positions').length;
  const later = async (more: number) => {
    const from = looks();
    await eventually(() => looks() >= from + more, 12_000);
  };
  await later(4);
  await kill(true);
  await later(6);
  const cause = () => desk.box.sidecar.state.orders.list(0).accounts[0]?.cause;
  expect(cause()).toBe('killed');
  desk.elsewhere('trade/order', { ...sell, side: 'buy' });
  await eventually(
    () => cause()?.startsWith('drift: the position in BTC-USDT-SWAP changed') === true,
    12_000,
  );
  expect(cause()).toMatch(/; killed$/);
}, 40_000);

test(
  'while the agent floods it with orders: nothing rests afterwards, and nothing more comes to rest',
  async () => {
    desk = await startOrderBox({ reflexes: { ordersPerHour: 100_000, duplicateMs: 0 } });
    for (let at = 0; at < 40; at += 1) await desk.place({ px: String(40_000 + at) });
    let isFlooding = true;
    let placed = 0;
    const flood = Array.from({ length: 8 }, async (_, loop) => {
      for (let at = 0; isFlooding; at += 1) {
        const { body } = await desk.place({ px: String(41_000 + loop * 1_000 + at / 10) });
        if (body.code === '0') placed += 1;
      }
    });
    try {
      await eventually(() => placed >= 8);
      const report = await kill();
      expect(report).toMatchObject({ isVerified: true, left: 0, problem: '' });
      expect(report?.firstCancelMs).toBeLessThan(1_000);
      expect(report?.canceled).toBeGreaterThanOrEqual(40);
      // The loops go on meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(resting()).toEqual([]);
    } finally {
      isFlooding = false;
      await Promise.all(flood);
    }
  },
  slowMs,
);
