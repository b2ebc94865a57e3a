// What the operator's side of the order boundary shows and does; the rest of it stands in orders.test.ts.
import { afterEach, expect, test } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';

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
