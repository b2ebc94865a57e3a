// What counts as an order, and what a human's yes lets out, with the outcome asserted at the exchange: a batch is as many orders as it holds, a
// cancel is none.
import { afterEach, expect, test, vi } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { decidedIn } from '../../../support/perpetual.js';

let desk: OrderBox;
afterEach(() => desk.stop());

const resting = () => desk.atVenue('trade/orders-pending').length;
const order = (price: number) => ({
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '0.001',
  px: String(price),
});
const batch = (size: number, price: number) =>
  desk.agent(
    'POST',
    'trade/batch-orders',
    Array.from({ length: size }, (_, index) => order(price + index)),
  );

test('a batch of twenty is twenty orders of a day and of a minute', async () => {
  desk = await startOrderBox({ guardrails: { version: 1, rate: { perMinute: 3 }, daily: { orders: 3 } } });
  expect((await batch(20, 40_000)).body.msg).toContain('DAILY_ORDERS');
  expect(resting()).toBe(0);
  expect((await batch(2, 40_000)).body.code).toBe('0');
  expect((await batch(2, 41_000)).body.msg).toContain('DAILY_ORDERS');
  expect((await batch(1, 42_000)).body.code).toBe('0');
  expect(resting()).toBe(3);
});

test('cancels of what never was are no first orders, nor is what the venue refused', async () => {
  desk = await startOrderBox({ guardrails: { version: 1, firstOrders: 2 }, approval: { holdMs: 40 } });
  for (const clOrdId of ['none1', 'none2', 'none3'])
    await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', clOrdId });
  const decided = (body: Record<string, string>) => decidedIn(desk, body);
  // More than the account can pay.
  await decided({ ...order(40_000), sz: '9000' });
  expect(resting()).toBe(0);
  await decided(order(40_001));
  await decided(order(40_002));
  expect(resting()).toBe(2);
  expect((await desk.agent('POST', 'trade/order', order(40_003))).body.code).toBe('0');
  expect(resting()).toBe(3);
});

test.each(['demo', 'propose'] as const)(
  'in %s a market order that a human let out leaves at once',
  async (mode) => {
    desk = await startOrderBox({
      mode,
      guardrails: { version: 1, approval: { above: '0' } },
      approval: { holdMs: 40 },
    });
    const body = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market', sz: '2' };
    expect((await desk.agent('POST', 'trade/order', body)).body.msg).toContain('pending approval');
    const [held] = desk.box.sidecar.state.orders.list(100).orders;
    await desk.box.sidecar.state.orders.approve(held?.order ?? '', held?.fingerprint ?? '', 'ann');
    expect((await desk.agent('POST', 'trade/order', body)).body.code).toBe('0');
    expect(desk.atVenue('account/positions').map(({ pos }) => pos)).toEqual(['2']);
  },
);

test('a resting order that was amended counts as what it may be now', async () => {
  desk = await startOrderBox({
    // At 92,000, up or down 8 %: 0.003 is worth 253 to 299, whether while 0.001 becomes 0.002 or beside it; 0.004 is 338 to 398.
    guardrails: { version: 1, maxOpenNotional: '320' },
    reflexes: { duplicateMs: 0 },
  });
  const { body } = await desk.agent('POST', 'trade/order', { ...order(40_000), px: '40000' });
  const [{ ordId = '' } = {}] = body.data as { ordId?: string }[];
  const amend = (newSz: string) =>
    desk.agent('POST', 'trade/amend-order', { instId: 'BTC-USDT', ordId, newSz });
  const worth = () => desk.box.sidecar.state.orders.list(100).orders.map(({ notional }) => Number(notional));
  expect((await amend('0.002')).body.code).toBe('0');
  const [whole = 0] = worth();
  expect(whole).toBeGreaterThan(150);
  // As placed it would leave room for another; as amended it does not.
  expect((await desk.agent('POST', 'trade/order', { ...order(40_001), sz: '0.002' })).body.msg).toContain(
    'OPEN_NOTIONAL_TOO_LARGE',
  );
  await desk.agent('POST', 'trade/cancel-order', { instId: 'BTC-USDT', ordId });
  await vi.waitFor(
    async () =>
      expect((await desk.agent('POST', 'trade/order', { ...order(40_001), sz: '0.002' })).body.code).toBe(
        '0',
      ),
    { timeout: 5_000 },
  );
});
